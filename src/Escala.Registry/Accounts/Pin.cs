using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Escala.Platform.Problems;

namespace Escala.Registry.Accounts;

/// <summary>
/// PINs of accounts, kept as PBKDF2-HMAC-SHA-512 with 210,000 rounds and a salt each (OWASP's figure of 2023). A stored hash says its rounds, so that
/// the cost can be raised.
/// </summary>
public static class Pin
{
    public const int LeastDigits = 6;

    private const int Rounds = 210_000, SaltSize = 16, HashSize = 32, MostDigits = 32;

    /// <summary>What an account that does not exist is compared with: guessing a name takes as long as guessing a PIN.</summary>
    private static readonly string s_nobody = Hash(Convert.ToHexString(RandomNumberGenerator.GetBytes(16)));

    /// <summary>Digits alone, six at least, and not what everybody tries first; else the problem.</summary>
    public static Problem? Check(string pin)
    {
        if (pin.Length is < LeastDigits or > MostDigits || !pin.All(char.IsAsciiDigit)) return Problem.Of("registry.pin.form", ("least", LeastDigits), ("most", MostDigits));
        var steps = pin.Zip(pin.Skip(1), (a, b) => b - a).Distinct().ToList();
        return steps is [0] or [1] or [-1] || pin.Distinct().Count() < 3 ? Problem.Of("registry.pin.easy") : null;
    }

    public static string Draw()
    {
        string pin;
        do pin = RandomNumberGenerator.GetInt32(0, 1_000_000).ToString("000000", CultureInfo.InvariantCulture);
        while (Check(pin) is not null);
        return pin;
    }

    public static string Hash(string pin)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltSize);
        return string.Create(CultureInfo.InvariantCulture, $"pbkdf2-sha512${Rounds}${Convert.ToBase64String(salt)}${Convert.ToBase64String(Derive(pin, salt, Rounds))}");
    }

    /// <summary>With <paramref name="stored"/> null the same work is done and the answer is no.</summary>
    public static bool Verify(string? stored, string pin)
    {
        var parts = (stored ?? s_nobody).Split('$');
        var hash = Convert.FromBase64String(parts[3]);
        var same = CryptographicOperations.FixedTimeEquals(Derive(pin, Convert.FromBase64String(parts[2]), int.Parse(parts[1], CultureInfo.InvariantCulture)), hash);
        return same && stored is not null;
    }

    private static byte[] Derive(string pin, byte[] salt, int rounds) => Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(pin), salt, rounds, HashAlgorithmName.SHA512, HashSize);
}

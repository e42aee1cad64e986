using System.Globalization;
using System.Numerics;
using System.Text;

namespace Escala.Registry.Cards;

/// <summary>
/// A card that names a person once it was given to one: <c>ESC1:</c> and base32 of the UUID's 16 bytes and their CRC-8 in the QR code, and eight digits
/// for when no camera works, the last of them Damm's check digit.
/// </summary>
public sealed record PersonCard(Guid Id)
{
    /// <summary>The system of the identifiers that cards are.</summary>
    public const string System = "escala-card";

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const string Prefix = "ESC1:";
    private const int Bytes = 16;

    // Damm (2004): a totally anti-symmetric quasigroup of order 10.
    private static readonly string[] s_damm = ["0317598642", "7092154863", "4206871359", "1750983426", "6123045978", "3674209581", "5869720134", "8945362017", "9438617205", "2581436790"];

    /// <summary>Upper-case letters and digits alone, so that the QR code is small.</summary>
    public string Payload
    {
        get
        {
            var bytes = new byte[Bytes + 1];
            Id.TryWriteBytes(bytes, bigEndian: true, out _);
            bytes[Bytes] = Check(bytes.AsSpan(0, Bytes));
            return Prefix + Base32(bytes);
        }
    }

    /// <summary>Seven digits of the UUID's end and their check digit. Not unique: it finds a few people at most.</summary>
    public string Code
    {
        get
        {
            var hex = Id.ToString("N")[^12..];
            var seven = (BigInteger.Parse("0" + hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture) % 10_000_000).ToString("0000000", CultureInfo.InvariantCulture);
            return seven + Damm(seven).ToString(CultureInfo.InvariantCulture);
        }
    }

    private static int Damm(string digits) => digits.Aggregate(0, (interim, digit) => s_damm[interim][digit - '0'] - '0');

    /// <summary>CRC-8, polynomial x⁸+x²+x+1.</summary>
    private static byte Check(ReadOnlySpan<byte> bytes)
    {
        var crc = 0;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ ((crc & 0x80) != 0 ? 0x07 : 0)) & 0xff;
        }

        return (byte)crc;
    }

    private static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        int held = 0, bits = 0;
        foreach (var value in bytes)
        {
            held = ((held << 8) | value) & 0xfff;
            for (bits += 8; bits >= 5; bits -= 5) text.Append(Alphabet[(held >> (bits - 5)) & 31]);
        }

        if (bits > 0) text.Append(Alphabet[(held << (5 - bits)) & 31]);
        return text.ToString();
    }
}

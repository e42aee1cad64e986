using System.Globalization;
using Escala.Platform.Ledger;

namespace Escala.Registry.Accounts;

/// <summary>
/// Slows guessing down and locks nobody out: after some free tries each failure doubles the wait, up to a minute, and a quarter of an hour
/// without failures forgives all. On a device where the account has signed in before, tries are counted apart: a stranger who guesses at an account
/// from elsewhere does not keep its owner waiting.
/// </summary>
public sealed class SignInThrottle(TimeProvider clock)
{
    private const int FreeOfAccount = 4, FreeOfAddress = 30, MostKept = 100_000;
    private const long Second = 1_000_000, LongestWait = 60 * Second, Forgiven = 15 * 60 * Second;

    private readonly Dictionary<string, (int Failures, long LastAt, long Until)> _tries = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Seconds to wait before the next try; 0 when it may be made now.</summary>
    public int Wait(string account, Guid? knownDevice, string address)
    {
        lock (_lock)
        {
            var until = Keys(account, knownDevice, address).Max(k => _tries.TryGetValue(k.Key, out var t) ? t.Until : 0);
            return (int)Math.Max(0, (until - clock.Microseconds() + Second - 1) / Second);
        }
    }

    public void Failed(string account, Guid? knownDevice, string address)
    {
        lock (_lock)
        {
            var now = clock.Microseconds();
            if (_tries.Count > MostKept) Forget(now);
            foreach (var (key, free) in Keys(account, knownDevice, address))
            {
                var failures = _tries.TryGetValue(key, out var t) && now - t.LastAt < Forgiven ? t.Failures + 1 : 1;
                var wait = failures <= free ? 0 : Math.Min(LongestWait, Second << Math.Min(failures - free, 20));
                _tries[key] = (failures, now, now + wait);
            }
        }
    }

    public void Succeeded(string account, Guid? knownDevice, string address)
    {
        lock (_lock)
        {
            // An address is not forgiven: whoever has one account could guess at others' between his own sign-ins.
            _tries.Remove(Keys(account, knownDevice, address)[0].Key);
        }
    }

    private static (string Key, int Free)[] Keys(string account, Guid? knownDevice, string address) => knownDevice is { } device
        ? [(string.Create(CultureInfo.InvariantCulture, $"d {device} {account}"), FreeOfAccount)]
        : [("n " + account, FreeOfAccount), ("a " + address, FreeOfAddress)];

    private void Forget(long now)
    {
        foreach (var (key, t) in _tries.ToList())
        {
            if (now - t.LastAt >= Forgiven) _tries.Remove(key);
        }

        // Whoever fills it with names that nobody has does not get at what is kept of others' tries for free: everybody starts anew.
        if (_tries.Count > MostKept) _tries.Clear();
    }
}

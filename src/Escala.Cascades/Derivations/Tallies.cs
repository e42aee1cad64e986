using System.Text.Json;
using Escala.Cascades.Sheets;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;

namespace Escala.Cascades.Derivations;

/// <summary>Counts of a step that a facility took from its paper register by hand: of one window the last said stands.</summary>
internal static class Tallies
{
    private const int LongestRegister = 200;

    public readonly record struct Key(string Facility, int Window, string Step);

    public readonly record struct Said(int Numerator, int Denominator, string? Register, long Position);

    /// <summary>A tally that names no step or window of the programme would stand nowhere.</summary>
    public static Problem? Examine(Programme programme, Entry entry) => Read(programme, entry) is null ? Problem.Of("cascades.tally.unreadable") : null;

    /// <summary>Null for what is none, or is erased.</summary>
    public static (Key Key, int Numerator, int Denominator, string? Register)? Read(Programme programme, Entry entry)
    {
        if (entry.Facility is not { } facility || entry.Body.Length == 0) return null;
        try
        {
            using var json = JsonDocument.Parse(entry.Body);
            var root = json.RootElement;
            var step = root.GetProperty("step").GetString();
            var register = root.TryGetProperty("register", out var named) ? named.GetString() : null;
            if (programme.Cascade.Steps.All(s => s.Measure.Id != step) || register?.Length > LongestRegister) return null;
            if (!WindowText.Parse(programme.Window, root.GetProperty("window").GetString() ?? "").TryGet(out var window)) return null;
            var (numerator, denominator) = (root.GetProperty("numerator").GetInt32(), root.GetProperty("denominator").GetInt32());
            return numerator < 0 || denominator < 0 ? null : (new Key(facility, window.Number, step!), numerator, denominator, register);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    public static void Record(Session session, Tables tables, Key key, Said said) => session.Execute(
        $"""
        INSERT INTO {tables.Tally} (facility, window_number, step, numerator, denominator, register, position) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (facility, window_number, step) DO UPDATE SET numerator = excluded.numerator, denominator = excluded.denominator, register = excluded.register, position = excluded.position
        """, key.Facility, key.Window, key.Step, said.Numerator, said.Denominator, said.Register, said.Position);

    /// <summary>All that the table holds.</summary>
    public static IEnumerable<(Key Key, Said Said)> Of(Session session, Tables tables)
    {
        using var rows = session.Query($"SELECT facility, window_number, step, numerator, denominator, register, position FROM {tables.Tally} ORDER BY facility, window_number, step");
        while (rows.Read()) yield return (new Key(rows.Text(0), (int)rows.Int(1), rows.Text(2)), new Said((int)rows.Int(3), (int)rows.Int(4), rows.IsNull(5) ? null : rows.Text(5), rows.Int(6)));
    }
}

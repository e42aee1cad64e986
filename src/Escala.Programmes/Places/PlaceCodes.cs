namespace Escala.Programmes.Places;

/// <summary>
/// Codes of places as people write them: a code that differs from a place's only in case and surrounding space is that place's, unless it could
/// be that of several; then, as everywhere else, a code is itself and nothing more.
/// </summary>
public sealed class PlaceCodes
{
    private readonly HashSet<string> _codes;
    private readonly Dictionary<string, string?> _alike = new(StringComparer.Ordinal);

    public PlaceCodes(IEnumerable<string> codes)
    {
        _codes = codes.ToHashSet(StringComparer.Ordinal);
        foreach (var code in _codes) _alike[Fold(code)] = _alike.ContainsKey(Fold(code)) ? null : code;
    }

    public static PlaceCodes OfFacilities(Programme programme) => new(programme.Places.Where(p => p.Level == programme.Levels[^1]).Select(p => p.Code));

    /// <summary>The place's own code, or null when there is no such place, or more than one.</summary>
    public string? Find(string written) => _codes.TryGetValue(written, out var code) ? code : _alike.GetValueOrDefault(Fold(written));

    private static string Fold(string code) => code.Trim().ToUpperInvariant();
}

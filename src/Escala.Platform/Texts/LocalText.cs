using System.Globalization;

namespace Escala.Platform.Texts;

/// <summary>The three languages in which everything that a user reads exists.</summary>
public enum Language
{
    Pt,
    Es,
    En,
}

/// <summary>One text in the three languages.</summary>
public sealed record LocalText(string Pt, string Es, string En)
{
    public string In(Language language) => language switch { Language.Pt => Pt, Language.Es => Es, _ => En };
}

public static class Languages
{
    /// <summary>The culture whose numbers and dates a reader of the language expects.</summary>
    public static CultureInfo Culture(this Language language) => CultureInfo.GetCultureInfo(language switch
    {
        Language.Pt => "pt-MZ",
        Language.Es => "es-MX",
        _ => "en-GB",
    });

    public static string Code(this Language language) => language switch { Language.Pt => "pt", Language.Es => "es", _ => "en" };

    public static Language? Parse(string? code) => code?.Split('-', '_')[0].ToUpperInvariant() switch
    {
        "PT" => Language.Pt,
        "ES" => Language.Es,
        "EN" => Language.En,
        _ => null,
    };
}

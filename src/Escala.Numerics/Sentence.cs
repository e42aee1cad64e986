using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Escala.Numerics;

/// <summary>
/// Something this library says to people, as data: whoever says it in another language looks the code up and fills the gaps.
/// <see cref="ToString"/> and the conversion to a text say it in English.
/// </summary>
public sealed class Sentence
{
    /// <summary>Makes a sentence.</summary>
    /// <param name="code">Stable: <c>numerics.area.case</c>.</param>
    /// <param name="english">The sentence, with each gap as <c>{name}</c>.</param>
    /// <param name="gaps">What fills them: texts, numbers, or sentences.</param>
    public Sentence(string code, string english, params IReadOnlyList<(string Name, object? Value)> gaps) => (Code, English, Gaps) = (code, english, gaps);

    /// <summary>Stable code of the sentence.</summary>
    public string Code { get; }

    /// <summary>The sentence in English, gaps open.</summary>
    public string English { get; }

    /// <summary>What fills the gaps.</summary>
    public IReadOnlyList<(string Name, object? Value)> Gaps { get; }

    /// <summary>The sentence in English.</summary>
    [return: NotNullIfNotNull(nameof(sentence))]
    public static implicit operator string?(Sentence? sentence) => sentence?.ToString();

    /// <summary>The sentence in English.</summary>
    public override string ToString() =>
        Gaps.Aggregate(English, (text, gap) => text.Replace("{" + gap.Name + "}", Convert.ToString(gap.Value, CultureInfo.InvariantCulture), StringComparison.Ordinal));
}

/// <summary>A number of a sentence and the digits that it is told with.</summary>
/// <param name="Value">The number.</param>
/// <param name="Format">A format of .NET, as <c>0.000</c>.</param>
public readonly record struct Figure(double Value, string Format) : IFormattable
{
    /// <summary>The number with its digits, as the culture writes it.</summary>
    public string ToString(string? format, IFormatProvider? formatProvider) => Value.ToString(format ?? Format, formatProvider);

    /// <summary>The number with its digits and a decimal point.</summary>
    public override string ToString() => ToString(null, CultureInfo.InvariantCulture);
}

using System.Numerics;
using System.Runtime.CompilerServices;

namespace Escala.Numerics;

/// <summary>Data or settings that cannot be analysed as they are. The message is English; <see cref="Sentence"/> says it as data.</summary>
public sealed class UnfitInputException : ArgumentException
{
    /// <summary>Refuses with a sentence.</summary>
    public UnfitInputException(Sentence sentence) : base(sentence) => Sentence = sentence;

    /// <summary>Refuses with a sentence of this code, English text and gaps.</summary>
    public UnfitInputException(string code, string english, params IReadOnlyList<(string Name, object? Value)> gaps) : this(new Sentence(code, english, gaps))
    {
    }

    /// <summary>What is wrong, and what would be right.</summary>
    public Sentence Sentence { get; }

    internal static void ThrowIfLessThan<T>(T value, T least, [CallerArgumentExpression(nameof(value))] string name = "") where T : INumber<T>
    {
        if (value < least) throw new UnfitInputException("numerics.value.at-least", "{parameter} is {value}; it must be at least {least}.", ("parameter", name), ("value", value), ("least", least));
    }

    internal static void ThrowIfGreaterThan<T>(T value, T most, [CallerArgumentExpression(nameof(value))] string name = "") where T : INumber<T>
    {
        if (value > most) throw new UnfitInputException("numerics.value.at-most", "{parameter} is {value}; it may be at most {most}.", ("parameter", name), ("value", value), ("most", most));
    }

    internal static void ThrowIfLessThanOrEqual<T>(T value, T bound, [CallerArgumentExpression(nameof(value))] string name = "") where T : INumber<T>
    {
        if (value <= bound) throw new UnfitInputException("numerics.value.above", "{parameter} is {value}; it must be above {bound}.", ("parameter", name), ("value", value), ("bound", bound));
    }

    internal static void ThrowIfNegative<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "") where T : INumber<T> => ThrowIfLessThan(value, T.Zero, name);

    internal static void ThrowIfNegativeOrZero<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "") where T : INumber<T> => ThrowIfLessThanOrEqual(value, T.Zero, name);
}

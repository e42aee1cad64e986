using System.Diagnostics.CodeAnalysis;

namespace Escala.Platform.Problems;

/// <summary>A value, or the problems that stand in its way (at least one).</summary>
public sealed class Result<T>
{
    private readonly T? _value;

    private Result(T? value, IReadOnlyList<Problem> problems) => (_value, Problems) = (value, problems);

    public IReadOnlyList<Problem> Problems { get; }

    public bool IsOk => Problems.Count == 0;

    /// <summary>The value; asking for it when there is none is a bug.</summary>
    public T Value => IsOk ? _value! : throw new InvalidOperationException("No value: " + string.Join("; ", Problems));

    public static implicit operator Result<T>(T value) => new(value, []);

    public static implicit operator Result<T>(Problem problem) => new(default, [problem]);

    public static Result<T> Refused(IReadOnlyList<Problem> problems) =>
        problems.Count > 0 ? new(default, problems) : throw new ArgumentException("A refusal names its problems", nameof(problems));

    public bool TryGet([MaybeNullWhen(false)] out T value)
    {
        value = _value;
        return IsOk;
    }
}

using System.Globalization;

namespace Escala.Economics.Models;

/// <summary>Something in a model file that cannot be used: where it is, a code for programs, and what to do about it.</summary>
/// <param name="Line">Line in the file, from 1; 0 where the whole file is meant.</param>
/// <param name="Column">Column, from 1; 0 where the whole line or file is meant.</param>
/// <param name="Code">Stable code, <c>model.area.reason</c>.</param>
/// <param name="Message">The reason and the remedy.</param>
public sealed record ModelProblem(int Line, int Column, string Code, string Message)
{
    public override string ToString() =>
        Line == 0 ? Message : string.Create(CultureInfo.InvariantCulture, $"line {Line}, column {Column}: {Message}");
}

/// <summary>Carries the problems of a model out of reading, compiling or running it.</summary>
public sealed class ModelException(IReadOnlyList<ModelProblem> problems) : Exception(string.Join("; ", problems))
{
    public ModelException(Position at, string code, string message)
        : this([new ModelProblem(at.Line, at.Column, code, message)])
    {
    }

    public IReadOnlyList<ModelProblem> Problems => problems;
}

/// <summary>A place in a file, line and column from 1.</summary>
public readonly record struct Position(int Line, int Column)
{
    public Position Right(int characters) => this with { Column = Column + characters };
}

using Escala.Platform.Problems;
using Escala.Platform.Texts;

namespace Escala.Economics.Models;

/// <summary>Something in a model file that cannot be used, and where it is.</summary>
/// <param name="Line">Line in the file, from 1; 0 where the whole file is meant.</param>
/// <param name="Column">Column, from 1; 0 where the whole line or file is meant.</param>
/// <param name="Problem">The reason: a stable code <c>economics.area.reason</c> and what fills its sentence.</param>
public sealed record ModelProblem(int Line, int Column, Problem Problem)
{
    public ModelProblem(Position at, string code, params (string Key, object? Value)[] details)
        : this(at.Line, at.Column, Problem.Of(code, details))
    {
    }

    public string Code => Problem.Code;

    /// <summary>Place, reason and remedy in the reader's language.</summary>
    public string Sentence(Language language)
    {
        var sentence = EconomicTexts.Problems.Sentence(Problem, language);
        return Line == 0 ? sentence : EconomicTexts.Say(language, "problem.place", ("line", Line), ("column", Column), ("sentence", sentence));
    }

    public override string ToString() => Sentence(Language.En);
}

/// <summary>Carries the problems of a model, or of another file of this chapter, out of reading, compiling or running it.</summary>
public sealed class ModelException(IReadOnlyList<ModelProblem> problems) : Exception(string.Join("; ", problems))
{
    public ModelException(Position at, string code, params (string Key, object? Value)[] details)
        : this([new ModelProblem(at, code, details)])
    {
    }

    public IReadOnlyList<ModelProblem> Problems => problems;

    /// <summary>The same problems at the place of the file that led to them.</summary>
    internal IEnumerable<ModelProblem> At(Position at) => problems.Select(p => p with { Line = at.Line, Column = at.Column });
}

/// <summary>A place in a file, line and column from 1.</summary>
public readonly record struct Position(int Line, int Column)
{
    public Position Right(int characters) => this with { Column = Column + characters };
}

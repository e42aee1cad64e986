using Escala.Cli.Statistics;
using Escala.Cli.Stores;
using Escala.Economics.Models;
using Escala.Numerics.Formulas;

namespace Escala.Cli.Economics;

/// <summary>What the user gave cannot be used: one clear line per problem on standard error and exit code 2, never a stack trace.</summary>
internal static class Failures
{
    public static int Guard(Action action)
    {
        try
        {
            action();
            return 0;
        }
        catch (ModelException refused)
        {
            foreach (var problem in refused.Problems) Console.Error.WriteLine("escala: " + problem.Sentence(Terminal.Language).ReplaceLineEndings(" "));
            return 2;
        }
        catch (Exception problem) when (problem is ArgumentException or FormatException or IOException or UnauthorizedAccessException)
        {
            // The framework appends the name of the parameter, which means nothing at a command line.
            Console.Error.WriteLine("escala: " + (Vocabulary.SentenceOf(problem) is { } sentence ? Vocabulary.Say(sentence) : problem.Message.Split(" (Parameter '")[0]).ReplaceLineEndings(" "));
            if (problem is FormulaException { Formula: var formula, Character: var at })
            {
                Console.Error.WriteLine("    " + string.Concat(formula.Select(c => char.IsWhiteSpace(c) ? ' ' : c)));
                Console.Error.WriteLine("    " + new string(' ', at - 1) + "^");
            }
            return 2;
        }
    }
}

using System.CommandLine;
using Escala.Economics;
using Escala.Economics.Models;

namespace Escala.Cli.Economics;

/// <summary>Models to and from workbooks.</summary>
internal static class WorkbookCommands
{
    public static Command ToExcel()
    {
        var file = new Argument<string>("FILE") { Description = "Model file (YAML or JSON)." };
        var target = new Option<string?>("--out") { Description = "Where to write the workbook; the file's name with .xlsx where absent." };
        var command = new Command("to-excel", "The base case as a workbook whose formulas compute it anew.") { file, target };
        command.SetAction(result => Failures.Guard(() =>
        {
            var path = result.GetValue(target) ?? Path.ChangeExtension(result.GetValue(file)!, ".xlsx");
            var model = DecisionModel.Load(InputFile.ReadModel(result.GetValue(file)!));
            using var memory = new MemoryStream();
            model.WriteWorkbook(memory);
            File.WriteAllBytes(path, memory.ToArray());
            Console.WriteLine(Words.Say("written", ("path", path)));
        }));
        return command;
    }

    public static Command FromExcel()
    {
        var files = new Argument<string[]>("WORKBOOK")
        {
            Description = "Workbook that to-excel wrote, and where wanted the model file that it was written from.",
            Arity = new ArgumentArity(1, 2),
        };
        var target = new Option<string?>("--out") { Description = "Where to write the changed model file; standard output where absent." };
        var command = new Command("from-excel", "Take parameters changed in a workbook back into the model file.") { files, target };
        command.SetAction(result => Failures.Guard(() =>
        {
            var paths = result.GetValue(files)!;
            var workbook = paths.FirstOrDefault(IsWorkbook) ?? throw new ModelException(default, "economics.workbook.name");
            var model = paths.FirstOrDefault(p => !IsWorkbook(p));
            if (!File.Exists(workbook)) throw new ModelException(default, "economics.input.missing", ("path", workbook));
            using var stream = File.OpenRead(workbook);
            var (text, changes) = DecisionModel.FromWorkbook(stream, model is null ? null : InputFile.ReadModel(model));
            if (result.GetValue(target) is { } path) File.WriteAllText(path, text);
            else Console.Out.Write(text);
            // What changed goes beside the file, not into it.
            foreach (var c in changes) Console.Error.WriteLine(Words.Say("workbook.changed", ("parameter", c.Parameter), ("field", c.Field), ("before", c.Before ?? Words.Say("workbook.nothing")), ("after", c.After)));
            if (changes.Count == 0) Console.Error.WriteLine(Words.Say("workbook.same"));
        }));
        return command;
    }

    private static bool IsWorkbook(string path) => path.EndsWith(".xlsx", StringComparison.OrdinalIgnoreCase);
}

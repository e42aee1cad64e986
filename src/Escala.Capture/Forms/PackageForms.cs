using Escala.Capture.Forms.Definitions;
using Escala.Capture.Forms.Sheets;
using Escala.Platform.Problems;
using Escala.Programmes;
using Escala.Programmes.Packages;

namespace Escala.Capture.Forms;

/// <summary>A package whose forms are compiled.</summary>
/// <param name="LeftOut">What of its workbooks Escala does not carry out.</param>
public sealed record CompiledPackage(PackageFiles Files, IReadOnlyList<Problem> LeftOut);

/// <summary>The forms that a programme's package carries: each is read and checked before the package comes into force.</summary>
public static class PackageForms
{
    /// <summary>The package in a folder; an XLSForm in its folder forms becomes the compiled form of its name.</summary>
    public static Result<CompiledPackage> In(string folder)
    {
        var package = PackageFiles.In(folder);
        if (!package.TryGet(out var files)) return Result<CompiledPackage>.Refused(package.Problems);
        var bytes = new Dictionary<string, byte[]>(files.Bytes, StringComparer.Ordinal);
        var (problems, leftOut) = (new List<Problem>(), new List<Problem>());
        foreach (var path in Workbooks(folder))
        {
            var report = XlsForm.Read(path);
            problems.AddRange(report.Of(FindingLevel.Refused));
            leftOut.AddRange(report.Of(FindingLevel.Unsupported));
            if (report.Definition is not { } form) continue;
            var (name, compiled) = (PackageFiles.FormsFolder + Path.GetFileNameWithoutExtension(path) + ".json", FormJson.Write(form));
            // Which of two is meant nobody can know.
            if (!bytes.TryAdd(name, compiled) && !bytes[name].AsSpan().SequenceEqual(compiled)) problems.Add(Problem.Of("capture.form.stale", ("file", Path.GetFileName(path)), ("compiled", name)));
        }

        var whole = new CompiledPackage(new PackageFiles(bytes), leftOut);
        if (problems.Count == 0) problems.AddRange(Check(whole.Files));
        return problems.Count > 0 ? Result<CompiledPackage>.Refused(problems) : whole;
    }

    /// <summary>The forms by the name of their file, or of each that is none the problem.</summary>
    public static Result<IReadOnlyDictionary<string, FormDefinition>> Read(PackageFiles package)
    {
        var forms = new Dictionary<string, FormDefinition>(StringComparer.Ordinal);
        var problems = new List<Problem>();
        foreach (var (name, bytes) in package.Forms)
        {
            var form = FormJson.Read(PackageFiles.FormsFolder + name + ".json", bytes);
            if (form.TryGet(out var definition)) forms.Add(name, definition);
            else problems.AddRange(form.Problems);
        }

        return problems.Count > 0 ? Result<IReadOnlyDictionary<string, FormDefinition>>.Refused(problems) : forms;
    }

    /// <summary>The forms of the programme in force, by their own ids.</summary>
    public static IReadOnlyDictionary<string, FormDefinition> InForce(Programme programme) =>
        programme.Forms.Select(f => FormJson.Read(f.Key, f.Value)).Where(f => f.IsOk).Select(f => f.Value).ToDictionary(f => f.Id, StringComparer.Ordinal);

    private static IEnumerable<string> Workbooks(string folder)
    {
        var forms = Path.Combine(folder, PackageFiles.FormsFolder);
        if (!Directory.Exists(forms)) return [];
        // A workbook that is open elsewhere leaves a file beginning with ~.
        return Directory.EnumerateFiles(forms, "*.xlsx").Where(f => Path.GetFileName(f)[0] is not ('~' or '.')).Order(StringComparer.Ordinal);
    }

    private static IEnumerable<Problem> Check(PackageFiles files)
    {
        var read = Read(files);
        if (!read.TryGet(out var forms)) return read.Problems;
        var twice = forms.GroupBy(f => f.Value.Id, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => Problem.Of("capture.form.id-twice", ("file", g.Last().Key), ("id", g.Key)));
        List<string> known = [.. forms.Values.Select(f => f.Id)];
        // What else stands in the way of the package is told when it is read.
        var named = PackageReader.Read(files.Bytes) is { IsOk: true, Value.Field: { } field } ? field.PersonForms.Select(f => f.Form) : [];
        return [.. twice, .. named.Except(known).Select(n => Problem.Of("capture.form.unknown", ("name", n), ("nearest", Nearest.To(n, known)), ("known", string.Join(", ", known))))];
    }
}

using Escala.Capture.Forms.Definitions;
using Escala.Platform.Problems;
using Escala.Programmes.Packages;

namespace Escala.Capture.Forms;

/// <summary>The forms that a programme's package carries: each is read and checked before the package comes into force.</summary>
public static class PackageForms
{
    /// <summary>The forms by name, or of each that is none the problem.</summary>
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
}

using Escala.Fuzz.Mutation;
using Escala.Programmes.Packages;

namespace Escala.Fuzz.Targets;

/// <summary>A whole package of files.</summary>
internal sealed class PackageTarget : Target
{
    public override string Name => "package";

    public override int Share => 1;

    public override Structure Structure => Structure.Parts;

    public override int MostBytes => 32_768;

    public override IEnumerable<byte[]> Seeds =>
    [
        Of("meta-salud"),
        Of("pediatric-hiv"),
        Of("saia-htn"),
    ];

    public override void Try(byte[] input)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (name, content) in Parts.Read(input)) files[name] = content;
        var read = PackageReader.Read(files);
        HoldProblems(read.Problems);
        if (!read.TryGet(out var programme)) return;
        Hold(programme.Register.Facts.Sum(f => f.SlotCount) == programme.Register.SlotCount, "slots are not those of the facts");
        Hold(programme.Cascade.Steps.All(s => ReferenceEquals(s.Measure, programme.Measures.Find(s.Measure.Id))), "a step's measure is none of the programme's");
        Hold(new PackageFiles(files).Hash == programme.Hash, "a package has two hashes");
    }

    /// <summary>Without its forms, which are long and are read elsewhere.</summary>
    private static byte[] Of(string package) => Parts.Write(
        PackageFiles.In(Repository.PathTo("programmes", package)).Value.Bytes.Where(f => !f.Key.StartsWith(PackageFiles.FormsFolder, StringComparison.Ordinal)).OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => (f.Key, f.Value)));
}

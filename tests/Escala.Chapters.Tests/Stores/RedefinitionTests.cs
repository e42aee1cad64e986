using System.Text;
using Escala.Cascades.Derivations;
using Escala.Programmes.Packages;

namespace Escala.Chapters.Tests.Stores;

/// <summary>A figure names its definition and version, so a definition cannot change under its name.</summary>
public sealed class RedefinitionTests
{
    [Fact]
    public void A_measure_that_counts_otherwise_needs_a_version_of_its_own()
    {
        using var store = new RunningStore(Engine.Sqlite, Register.Places(["F1"]));
        Assert.Equal(
            ["raised-or-known", "diagnosed"],
            Apply(store, text => text.Replace(">= 140", ">= 130", StringComparison.Ordinal)).Where(m => m is "raised-or-known" or "diagnosed"));
        Assert.Empty(Apply(store, text => text + "\n# A remark.\n"));
        Assert.Empty(Apply(store, text => text.Replace(">= 140", ">= 130", StringComparison.Ordinal).Replace("version: 1", "version: 2", StringComparison.Ordinal)));
    }

    private static IReadOnlyList<string> Apply(RunningStore store, Func<string, string> change)
    {
        var bytes = RunningStore.Package().Bytes.ToDictionary(f => f.Key, f => f.Value);
        bytes["measures.yaml"] = Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString(bytes["measures.yaml"])));
        bytes[PackageFiles.Places] = Encoding.UTF8.GetBytes(Register.Places(["F1"]));
        var applied = ApplyProgramme.Run(store.Store, store.Writer, new PackageFiles(bytes), null, store.Clock, null, default);
        Assert.All(applied.Problems, p => Assert.Equal("cascades.programme.redefined", p.Code));
        return [.. applied.Problems.Select(p => p.Details["measure"])];
    }
}

namespace Escala.Numerics.Tests;

/// <summary>The library must be usable by any .NET statistician by itself.</summary>
public sealed class PackagingTests
{
    [Fact]
    public void The_library_cites_only_the_runtime_and_one_linear_algebra_library()
    {
        var cited = System.Reflection.Assembly.Load("Escala.Numerics").GetReferencedAssemblies().Select(a => a.Name!);
        Assert.All(cited, name => Assert.True(name.StartsWith("System", StringComparison.Ordinal) || name == "MathNet.Numerics", name));
    }
}

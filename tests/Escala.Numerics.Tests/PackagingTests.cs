using System.Diagnostics;

namespace Escala.Numerics.Tests;

/// <summary>The library must be usable by any .NET statistician by itself: the packed package runs the samples, which print what they say they print.</summary>
public sealed class PackagingTests(PackagingTests.PackedLibrary package) : IClassFixture<PackagingTests.PackedLibrary>
{
    [Fact]
    public void The_library_cites_only_the_runtime_and_one_linear_algebra_library()
    {
        var cited = System.Reflection.Assembly.Load("Escala.Numerics").GetReferencedAssemblies().Select(a => a.Name!);
        Assert.All(cited, name => Assert.True(name.StartsWith("System", StringComparison.Ordinal) || name == "MathNet.Numerics", name));
    }

    [Fact]
    public void The_package_holds_documentation_and_a_readme()
    {
        using var archive = System.IO.Compression.ZipFile.OpenRead(package.Archive);
        Assert.Contains(archive.Entries, e => e.FullName == "README.md");
        Assert.Contains(archive.Entries, e => e.FullName.EndsWith("Escala.Numerics.xml", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("fit")]
    [InlineData("power")]
    [InlineData("agreement")]
    public void A_sample_prints_what_it_says(string sample)
    {
        var source = File.ReadAllText(Path.Combine(PackedLibrary.Root, "samples", "statistics", sample + ".cs"));
        var said = source.Split("// Prints:\n")[1].Split('\n').Where(l => l.StartsWith("// ", StringComparison.Ordinal)).Select(l => l[3..]);
        Assert.Equal(said, package.Run(sample, source).TrimEnd().Split('\n').Select(l => l.TrimEnd('\r')));
    }

    /// <summary>The library packed into a folder of its own, from which a program with nothing else restores it.</summary>
    public sealed class PackedLibrary : IDisposable
    {
        private const string Version = "0.0.1-test";

        private readonly string _folder = Directory.CreateTempSubdirectory("escala-package-").FullName;

        public PackedLibrary() => Dotnet(Root, "pack", Path.Combine(Root, "src", "Escala.Numerics", "Escala.Numerics.csproj"), "-c", "Release", "-o", _folder,
            $"-p:PackageVersion={Version}", "-p:RunAnalyzers=false", "-v", "quiet", "--nologo");

        /// <summary>The checkout.</summary>
        public static string Root { get; } = Path.GetFullPath(Path.Combine(Reference.Path("models", ""), "..", "..", ".."));

        /// <summary>The package.</summary>
        public string Archive => Path.Combine(_folder, $"Escala.Numerics.{Version}.nupkg");

        public void Dispose() => Directory.Delete(_folder, recursive: true);

        /// <summary>Builds and runs a program that knows the library only as a package; other packages come from where they were restored before.</summary>
        public string Run(string name, string source)
        {
            var project = Path.Combine(_folder, name);
            Directory.CreateDirectory(project);
            File.WriteAllText(Path.Combine(project, "Program.cs"), source);
            var restored = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
            File.WriteAllText(Path.Combine(project, "consumer.csproj"), $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <OutputType>Exe</OutputType>
                    <TargetFramework>net10.0</TargetFramework>
                    <ImplicitUsings>enable</ImplicitUsings>
                    <RestorePackagesPath>{Path.Combine(_folder, "restored")}</RestorePackagesPath>
                    <RestoreFallbackFolders>{restored}</RestoreFallbackFolders>
                    <RestoreSources>{_folder}</RestoreSources>
                  </PropertyGroup>
                  <ItemGroup><PackageReference Include="Escala.Numerics" Version="{Version}" /></ItemGroup>
                </Project>
                """);
            Dotnet(project, "build", "-c", "Release", "-o", Path.Combine(project, "out"), "-v", "quiet", "--nologo");
            return Dotnet(project, Path.Combine(project, "out", "consumer.dll"));
        }

        private static string Dotnet(string folder, params string[] arguments)
        {
            var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"dotnet {arguments[0]}: {output}{error.GetAwaiter().GetResult()}");
            return output;
        }
    }
}

using System.Reflection;
using System.Runtime.Loader;

namespace Escala.Fuzz.Coverage;

/// <summary>Loads Escala, and the fuzzer again, beside themselves: what is fuzzed has probes, and both see the same <see cref="Probe"/>.</summary>
internal sealed class InstrumentedContext() : AssemblyLoadContext("instrumented")
{
    /// <summary>The readers of other people's files, and the libraries that they trust.</summary>
    private static readonly string[] s_instrumented = ["Escala.Programmes", "Escala.Registry", "Escala.Capture", "Escala.Economics", "ExcelDataReader", "YamlDotNet"];

    public static bool IsCurrent => GetLoadContext(Assembly.GetExecutingAssembly())?.Name == "instrumented";

    /// <summary>This method's own class, in the context.</summary>
    public static int Run(Type type, string method, params object?[] arguments)
    {
        var context = new InstrumentedContext();
        var inside = context.LoadFromAssemblyName(type.Assembly.GetName()).GetType(type.FullName!)!;
        return (int)inside.GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var path = Path.Combine(AppContext.BaseDirectory, assemblyName.Name + ".dll");
        if (s_instrumented.Contains(assemblyName.Name)) return LoadFromStream(Instrumenter.Instrument(path));
        return assemblyName.Name!.StartsWith("Escala.", StringComparison.Ordinal) ? LoadFromAssemblyPath(path) : null;
    }
}

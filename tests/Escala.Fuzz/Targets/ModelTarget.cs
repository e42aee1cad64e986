using System.Text;
using Escala.Economics.Models;
using Escala.Fuzz.Mutation;

namespace Escala.Fuzz.Targets;

/// <summary>A decision model as a file.</summary>
internal sealed class ModelTarget : Target
{
    public override string Name => "model";

    public override int Share => 1;

    public override Structure Structure => Structure.Yaml;

    public override int MostBytes => 16_000;

    public override IEnumerable<byte[]> Seeds => [File.ReadAllBytes(Repository.PathTo("samples", "models", "sick-sicker.yaml")), File.ReadAllBytes(Repository.PathTo("samples", "models", "sick-sicker-age.yaml"))];

    public override void Try(byte[] input)
    {
        try
        {
            ModelReader.Read(Encoding.UTF8.GetString(input));
        }
        catch (ModelException e)
        {
            HoldProblems(e.Problems.Select(p => p.Problem));
        }
    }
}

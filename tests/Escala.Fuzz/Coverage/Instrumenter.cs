using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Escala.Fuzz.Coverage;

/// <summary>Puts a call of <see cref="Probe.Hit"/> before every basic block of an assembly.</summary>
internal static class Instrumenter
{
    /// <summary>The assembly's bytes, instrumented; the same file gives the same.</summary>
    public static MemoryStream Instrument(string path)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(path);
        var module = assembly.MainModule;
        var hit = module.ImportReference(typeof(Probe).GetMethod(nameof(Probe.Hit)));
        // Names give each assembly its own blocks, so that edges of two rarely fall together.
        var block = assembly.Name.Name.Aggregate(17u, (hash, letter) => (hash * 31) + letter);
        foreach (var method in module.GetTypes().SelectMany(t => t.Methods).Where(m => m.HasBody)) Instrument(method.Body, hit, ref block);
        // Without its key a strong name is only a name, which the runtime does not check.
        module.Attributes &= ~ModuleAttributes.StrongNameSigned;
        var bytes = new MemoryStream();
        assembly.Write(bytes);
        bytes.Position = 0;
        return bytes;
    }

    private static void Instrument(MethodBody body, MethodReference hit, ref uint block)
    {
        body.SimplifyMacros();
        var code = body.GetILProcessor();
        foreach (var head in Heads(body))
        {
            // The instruction itself becomes the probe and a copy of it comes behind, so that every branch and handler still finds the block.
            var copy = Instruction.Create(OpCodes.Nop);
            (copy.OpCode, copy.Operand) = (head.OpCode, head.Operand);
            (head.OpCode, head.Operand) = (OpCodes.Ldc_I4, (int)(++block * 2654435761u >> 16));
            var call = Instruction.Create(OpCodes.Call, hit);
            code.InsertAfter(head, call);
            code.InsertAfter(call, copy);
        }

        body.OptimizeMacros();
    }

    private static List<Instruction> Heads(MethodBody body)
    {
        var heads = new HashSet<Instruction> { body.Instructions[0] };
        foreach (var instruction in body.Instructions)
        {
            if (instruction.Operand is Instruction target) heads.Add(target);
            if (instruction.Operand is Instruction[] targets) heads.UnionWith(targets);
            if (instruction.OpCode.FlowControl == FlowControl.Cond_Branch && instruction.Next is not null) heads.Add(instruction.Next);
        }

        foreach (var handler in body.ExceptionHandlers)
        {
            heads.Add(handler.HandlerStart);
            if (handler.FilterStart is not null) heads.Add(handler.FilterStart);
        }

        return [.. body.Instructions.Where(heads.Contains)];
    }
}

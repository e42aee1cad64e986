using System.Security.Cryptography;
using System.Text;

namespace Escala.Programmes.Simulation;

/// <summary>A file that was written.</summary>
public sealed record SimulatedFile(string Name, long Rows, long Bytes, string Sha256);

/// <summary>
/// Writes the registers of a simulation: a file a district, or all in one; the rows of a file in the order of day, then facility.
/// Districts are lived by several threads; what is written does not depend on their number.
/// </summary>
public static class SimulatedRegisters
{
    /// <summary>Writes into an existing folder and returns the files in the order of the districts.</summary>
    public static IReadOnlyList<SimulatedFile> Write(SimulatedWorld world, string folder, bool oneFile, int threads)
    {
        var districts = world.Facilities.Select(f => f.District).Distinct().ToList();
        var files = new SimulatedFile[districts.Count];
        var bytesOfDay = new long[districts.Count][];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads };
        Parallel.For(0, districts.Count, options, () => new PersonSimulator(world, world.Programme.Register), (d, _, simulator) =>
        {
            (files[d], bytesOfDay[d]) = WriteDistrict(world, districts[d], simulator, folder);
            return simulator;
        }, _ => { });
        return oneFile ? [Join(world, folder, files, bytesOfDay)] : files;
    }

    private static (SimulatedFile File, long[] BytesOfDay) WriteDistrict(SimulatedWorld world, SimulatedDistrict district, PersonSimulator simulator, string folder)
    {
        var rows = new RowBuffer(world.Period.Days, district.Facilities.Count, LongestRow(world));
        foreach (var facility in district.Facilities)
        {
            for (var p = 0; p < facility.People; p++) simulator.Live(facility.FirstPerson + p, facility, rows);
        }

        var name = $"register-{district.Code}.csv";
        using var stream = new HashedStream(Path.Combine(folder, name));
        stream.Write(Header(world.Programme.Register, world.Plan));
        var bytesOfDay = rows.WriteTo(stream);
        return (stream.Close(name, rows.Rows), bytesOfDay);
    }

    // Day after day the rows of every district in turn.
    private static SimulatedFile Join(SimulatedWorld world, string folder, SimulatedFile[] files, long[][] bytesOfDay)
    {
        const string name = "register.csv";
        var header = Header(world.Programme.Register, world.Plan);
        var parts = files.Select(f => File.OpenRead(Path.Combine(folder, f.Name))).ToList();
        foreach (var part in parts) part.Position = header.Length;
        using var stream = new HashedStream(Path.Combine(folder, name));
        stream.Write(header);
        var buffer = new byte[1 << 16];
        for (var day = 0; day < world.Period.Days; day++)
        {
            for (var d = 0; d < parts.Count; d++) Copy(parts[d], stream, bytesOfDay[d][day], buffer);
        }

        foreach (var part in parts)
        {
            part.Dispose();
            File.Delete(part.Name);
        }

        return stream.Close(name, files.Sum(f => f.Rows));
    }

    private static void Copy(FileStream from, HashedStream to, long bytes, byte[] buffer)
    {
        while (bytes > 0)
        {
            var read = from.Read(buffer, 0, (int)Math.Min(bytes, buffer.Length));
            to.Write(buffer.AsSpan(0, read));
            bytes -= read;
        }
    }

    // Numbers and dates have at most 32 characters; words may be quoted.
    private static int LongestRow(SimulatedWorld world)
    {
        var register = world.Programme.Register;
        var words = register.Facts.Sum(f => f.Categories.Select(c => c.Words[0].Length).Append(f.ClearedBy?.Length ?? 0).Max());
        var columns = 3 + register.Facts.Sum(f => f.Columns.Count);
        const int bytesOfLetter = 4;
        return (32 * columns) + (bytesOfLetter * 2 * (words + world.Plan.People.IdPrefix.Length + world.Facilities.Max(f => f.Code.Length)));
    }

    private static byte[] Header(Facts.Register register, SimulationPlan plan) => Encoding.UTF8.GetBytes(string.Join(',',
        new[] { register.PersonColumn, register.FacilityColumn, register.DateColumn }
            .Concat(register.Facts.Where(f => plan.Facts.Any(p => p.Fact == f)).SelectMany(f => f.Columns)).Select(CsvCell.Quoted)) + "\n");
}

/// <summary>A new file, with its length and SHA-256.</summary>
internal sealed class HashedStream(string path) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[1 << 18];
    private int _used;
    private long _length;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_used == _buffer.Length) Flush();
            var part = bytes[..Math.Min(bytes.Length, _buffer.Length - _used)];
            part.CopyTo(_buffer.AsSpan(_used));
            _used += part.Length;
            bytes = bytes[part.Length..];
        }
    }

    public SimulatedFile Close(string name, long rows)
    {
        Flush();
        return new SimulatedFile(name, rows, _length, Convert.ToHexStringLower(_hash.GetHashAndReset()));
    }

    public void Dispose()
    {
        _file.Dispose();
        _hash.Dispose();
    }

    private void Flush()
    {
        _hash.AppendData(_buffer, 0, _used);
        _file.Write(_buffer, 0, _used);
        _length += _used;
        _used = 0;
    }
}

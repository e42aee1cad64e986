namespace Escala.Programmes.Facts;

/// <summary>FNV-1a over 64-bit words: a hash that is the same on every machine and in every version.</summary>
public static class Fnv
{
    public const ulong Offset = 14695981039346656037, Prime = 1099511628211;

    public static void Mix(ref ulong hash, ulong value)
    {
        hash = (hash ^ value) * Prime;
        hash ^= hash >> 32;
    }
}

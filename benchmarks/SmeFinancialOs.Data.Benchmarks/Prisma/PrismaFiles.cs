using System.Reflection;
using System.Security.Cryptography;

namespace SmeFinancialOs.Data.Benchmarks.Prisma;

/// <summary>The files of benchmarks/prisma, which this assembly carries: wherever it runs, they are there and are those it was built with.</summary>
internal static class PrismaFiles
{
    /// <summary>The file that is run.</summary>
    public const string Program = "peer.mjs";

    private const string Prefix = "prisma/";

    private static readonly Assembly Assembly = typeof(PrismaFiles).Assembly;

    private static readonly string[] Resources =
        [.. Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>Names this version of the files and of what they need.</summary>
    public static string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var resource in Resources)
        {
            using var content = new MemoryStream();
            using (var stream = Open(resource))
                stream.CopyTo(content);
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{resource}\0{content.Length}\0"));
            hash.AppendData(content.ToArray());
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    public static void WriteTo(string folder)
    {
        foreach (var resource in Resources)
        {
            using var stream = Open(resource);
            using var file = File.Create(Path.Combine(folder, resource[Prefix.Length..]));
            stream.CopyTo(file);
        }
    }

    private static Stream Open(string resource) => Assembly.GetManifestResourceStream(resource)!;
}

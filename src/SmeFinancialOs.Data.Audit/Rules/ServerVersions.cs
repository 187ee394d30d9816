namespace SmeFinancialOs.Data.Audit.Rules;

internal static class ServerVersions
{
    // The minor version that mends a fault, when the server is older than it; null when it is not concerned.
    internal static string? Fixed(Version server, params ReadOnlySpan<(int Major, int Minor)> fixes)
    {
        foreach (var (major, minor) in fixes)
        {
            if (server.Major == major && server.Minor < minor)
                return $"{major}.{minor}";
        }
        return null;
    }
}

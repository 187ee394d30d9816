namespace SmeFinancialOs.Data.Testing.Servers;

/// <summary>The variables that choose a server where the host's code does not.</summary>
internal static class EnvironmentVariables
{
    public const string Way = "SME_DATA_POSTGRES";
    public const string ConnectionString = "SME_DATA_POSTGRES_CONNECTION_STRING";
    public const string BinariesDirectory = "SME_DATA_POSTGRES_BIN";
    public const string DockerImage = "SME_DATA_POSTGRES_IMAGE";

    /// <summary>The value of a variable; null when it is not set or blank, as in a workflow file that clears it.</summary>
    public static string? Read(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
}

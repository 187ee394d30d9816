namespace SmeFinancialOs.Data.Audit;

/// <summary>What migrations of a platform build upon, for <see cref="MigrationLintOptions.Prelude"/>.</summary>
public static class MigrationPreludes
{
    /// <summary>
    /// What a Supabase project has from the start: its roles, the schemas auth, storage, realtime, extensions and graphql_public with the tables and functions
    /// that migrations and policies name, the default privileges, and the publication supabase_realtime. Extensions that the server lacks are entered by name
    /// alone, with stand-ins for the functions of uuid-ossp and pgcrypto. The login of the lint must be a superuser.
    /// </summary>
    public static IReadOnlyList<(string Name, string Text)> Supabase { get; } = [("supabase.sql", Read("supabase.sql"))];

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(MigrationPreludes).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}

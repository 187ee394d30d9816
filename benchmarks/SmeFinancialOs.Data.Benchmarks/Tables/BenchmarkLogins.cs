using System.Security.Cryptography;
using Npgsql;

namespace SmeFinancialOs.Data.Benchmarks.Tables;

/// <summary>
/// The logins and roles of the twin and of the control, and one that the policies do not bind. Roles belong to the whole cluster, so they carry the name of the
/// throwaway database and are dropped after it.
/// </summary>
internal sealed class BenchmarkLogins(string database)
{
    private readonly string _password = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    /// <summary>Logs in to the unprotected twin.</summary>
    public string Twin { get; } = Named(database, "twin");

    /// <summary>Logs in to the protected tables without being bound by their policies.</summary>
    public string Bypass { get; } = Named(database, "bypass");

    /// <summary>The article's app_user, without the admin role.</summary>
    public string ArticleTenant { get; } = Named(database, "tenant");

    /// <summary>The article's app_user, with the admin role.</summary>
    public string ArticleAdmin { get; } = Named(database, "operator");

    /// <summary>The article's admin_role.</summary>
    public string ArticleAdminRole { get; } = Named(database, "admin");

    /// <summary>Every login is made alike, so that none pays for another way to authenticate.</summary>
    public string CreateSql => $"""
        CREATE ROLE {Twin} LOGIN PASSWORD '{_password}';
        CREATE ROLE {Bypass} LOGIN BYPASSRLS PASSWORD '{_password}';
        CREATE ROLE {ArticleTenant} LOGIN PASSWORD '{_password}';
        CREATE ROLE {ArticleAdmin} LOGIN PASSWORD '{_password}';
        CREATE ROLE {ArticleAdminRole} NOLOGIN;
        GRANT {ArticleAdminRole} TO {ArticleAdmin};
        GRANT USAGE ON SCHEMA {TableSets.Protected} TO {Bypass};
        GRANT SELECT, INSERT ON {TableSets.Protected}.invoices TO {Bypass};
        """;

    public string DropSql => $"DROP ROLE IF EXISTS {Twin}, {Bypass}, {ArticleTenant}, {ArticleAdmin}, {ArticleAdminRole}";

    public string ConnectionString(string superuserConnectionString, string login) =>
        new NpgsqlConnectionStringBuilder(superuserConnectionString) { Username = login, Password = _password }.ConnectionString;

    /// <summary>Lower-case letters, digits and underscores, at most 63: needs no quotes.</summary>
    private static string Named(string database, string suffix) =>
        "bench_" + new string([.. database.ToLowerInvariant().Where(c => char.IsAsciiLetterOrDigit(c) || c == '_').TakeLast(40)]) + "_" + suffix;
}

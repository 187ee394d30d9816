using System.Security.Cryptography;
using System.Text;
using Npgsql;
using SmeFinancialOs.Data.Testing.Servers;

namespace SmeFinancialOs.Data.Testing;

/// <summary>The passwords of the two logins. The migrations create the logins without any.</summary>
internal sealed record LoginPasswords(string App, string Admin)
{
    public const string AppUser = "app_user";
    public const string AdminUser = "admin_user";

    public static LoginPasswords For(StartedServer server)
    {
        if (server.Kind != PostgresServerKind.ConnectionString)
            return new(RandomPassword(), RandomPassword());

        // Several test processes may share an external server, and the logins belong to the whole cluster:
        // derived from a secret that all of them have, the passwords agree.
        var secret = new NpgsqlConnectionStringBuilder(server.ConnectionString).Password ?? "";
        return new(Derive(secret, AppUser), Derive(secret, AdminUser));
    }

    public static string RandomPassword() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    private static string Derive(string secret, string login) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes("SmeFinancialOs.Data.Testing " + login)))[..32];
}

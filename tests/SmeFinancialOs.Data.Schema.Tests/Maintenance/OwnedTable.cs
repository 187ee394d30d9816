using Npgsql;
using SmeFinancialOs.Data.Schema.Tests.TenantTypes;

namespace SmeFinancialOs.Data.Schema.Tests.Maintenance;

/// <summary>A protected table of three tenants, two rows each, with functions and logins of its owner.</summary>
internal sealed class OwnedTable
{
    public const string Name = "public.items";

    private OwnedTable(TypedDatabase database, string login) => (Database, Login) = (database, login);

    public TypedDatabase Database { get; }

    /// <summary>The login that deploys: it may become the owner of the table.</summary>
    public string Login { get; }

    public static async Task<OwnedTable> CreateAsync(TenantIdType type = TenantIdType.Uuid, bool isGuarded = false, bool isSealed = false)
    {
        var database = await TypedDatabase.CreateAsync(type, isGuarded, isSealed);
        if (type == TenantIdType.Uuid)
        {
            await using var owner = await database.OpenAsync();
            await owner.RunAsync($"BEGIN; SET LOCAL ROLE app_owner; SELECT app.use_demo('{database.Demo}'); COMMIT");
        }
        await database.ProtectAsync(Name, database.TypeName);
        var login = $"deployer_{Guid.NewGuid():N}";
        await using var superuser = await database.OpenAsync();
        await superuser.RunAsync($"""
            CREATE ROLE {login} LOGIN;
            GRANT app_owner TO {login};
            BEGIN;
            SET LOCAL ROLE app_owner;
            CREATE FUNCTION public.count_items() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
                AS 'SELECT count(*) FROM public.items';
            CREATE FUNCTION public.mark_items() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
                AS 'WITH u AS (UPDATE public.items SET note = ''marked'' RETURNING 1) SELECT count(*) FROM u';
            CREATE FUNCTION public.begin_for_caller() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
                AS 'SELECT app.begin_maintenance(''for the caller'')';
            COMMIT
            """);
        return new(database, login);
    }

    public Task<NpgsqlConnection> OpenAsync() => Sql.OpenAsync(Database.ConnectionString.As(Login), Sql.Cancel);
}

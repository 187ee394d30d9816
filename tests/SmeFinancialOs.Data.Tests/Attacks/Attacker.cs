using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>Somebody who can run SQL of his own choosing with the host app's login, past the library.</summary>
internal sealed class Attacker(TenantDatabaseFixture fixture)
{
    /// <summary>What nobody but B may change, in one number.</summary>
    private const string Fingerprint = """
        SELECT md5(string_agg(r, '|' ORDER BY r)) FROM (
            SELECT i::text FROM public.invoices i WHERE org_id <> @a UNION ALL SELECT o::text FROM public.organizations o WHERE id <> @a) AS foreign_rows (r)
        """;

    /// <summary>Fills in {a} and {b}, the organizations, {invoice}, an invoice of B, and {demo}.</summary>
    public async Task<string> FillAsync(string sql)
    {
        await using var superuser = await fixture.OpenAsSuperuserAsync();
        var invoice = await superuser.QueryFirstAsync<Guid>("SELECT id FROM public.invoices WHERE org_id = @b ORDER BY number", new { b = fixture.OrganizationB });
        return sql.Replace("{a}", fixture.OrganizationA.ToString(), StringComparison.Ordinal).Replace("{b}", fixture.OrganizationB.ToString(), StringComparison.Ordinal)
            .Replace("{invoice}", invoice.ToString(), StringComparison.Ordinal).Replace("{demo}", TenantContext.DemoOrganizationId.ToString(), StringComparison.Ordinal);
    }

    /// <summary>
    /// Runs the SQL as a role and tenant in a transaction that is committed, so that what got through stays. Gives the SQLSTATE, or null where
    /// there was no error, and the first column of all rows. Fails when a row of another organization was changed.
    /// </summary>
    public async Task<(string? SqlState, IReadOnlyList<string?> Seen)> AttackAsync(string sql, string? role = "tenant_role", Guid? organization = null)
    {
        var before = await FingerprintAsync();
        var (state, seen) = await RunAsync(await FillAsync(sql), role, organization ?? fixture.OrganizationA);
        (await FingerprintAsync()).Should().Be(before, "no row of another organization may be changed by {0}", sql);
        return (state, seen);
    }

    private async Task<(string?, IReadOnlyList<string?>)> RunAsync(string sql, string? role, Guid organization)
    {
        var seen = new List<string?>();
        await using var connection = await fixture.OpenAsAppUserAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        try
        {
            await connection.ExecuteAsync("SELECT set_config('app.current_org_id', @id, true)", new { id = organization.ToString() });
            if (role is not null)
                await connection.ExecuteAsync($"SET LOCAL ROLE {role}");
            await using (var reader = await connection.ExecuteReaderAsync(sql))
            {
                do
                {
                    while (await reader.ReadAsync())
                        seen.Add(Convert.ToString(reader.GetValue(0), System.Globalization.CultureInfo.InvariantCulture));
                }
                while (await reader.NextResultAsync());
            }

            await transaction.CommitAsync();
            return (null, seen);
        }
        catch (PostgresException fault)
        {
            return (fault.SqlState, seen);
        }
    }

    private async Task<string> FingerprintAsync()
    {
        await using var superuser = await fixture.OpenAsSuperuserAsync();
        return await superuser.QuerySingleAsync<string>(Fingerprint, new { a = fixture.OrganizationA });
    }
}

using SmeFinancialOs.Data.Schema.Tests.TenantTypes;

namespace SmeFinancialOs.Data.Schema.Tests.Maintenance;

/// <summary>H87: COPY of a partitioned table sends no row under row-level security, and says nothing. A query does, and so does each partition.</summary>
public sealed class PartitionCopyTests
{
    [Theory]
    [InlineData(TenantIdType.Uuid)]
    [InlineData(TenantIdType.Bigint)]
    [InlineData(TenantIdType.Text)]
    public async Task Rows_of_a_partitioned_table_are_copied_by_a_query_and_those_of_a_partition_in_a_maintenance(TenantIdType type)
    {
        var database = await TypedDatabase.CreateAsync(type);
        await using var superuser = await database.OpenAsync();
        await superuser.RunAsync($"""
            BEGIN;
            SET LOCAL ROLE app_owner;
            CREATE TABLE public.parts (tenant {database.TypeName} NOT NULL REFERENCES public.accounts, day date, PRIMARY KEY (tenant, day))
                PARTITION BY RANGE (day);
            CREATE TABLE public.parts_1 PARTITION OF public.parts FOR VALUES FROM (MINVALUE) TO (MAXVALUE);
            SELECT app.protect_table('public.parts', 'tenant');
            COMMIT;
            INSERT INTO public.parts VALUES ('{database.A}', '2026-01-01'), ('{database.B}', '2026-01-02')
            """);
        await using (var tenant = await database.OpenAsync("tenant_role", database.A))
        {
            (await tenant.CopyOutAsync("COPY public.parts TO STDOUT")).Should().BeEmpty("that is what PostgreSQL does");
            (await tenant.CopyOutAsync("COPY (SELECT tenant, day FROM public.parts) TO STDOUT")).Should().Be($"{database.A}\t2026-01-01\n");
        }

        await superuser.RunAsync("BEGIN; SET LOCAL ROLE app_owner; SELECT app.begin_maintenance('dump')");
        (await superuser.CopyOutAsync("COPY public.parts_1 TO STDOUT")).TrimEnd('\n').Split('\n').Should().HaveCount(2);
    }
}

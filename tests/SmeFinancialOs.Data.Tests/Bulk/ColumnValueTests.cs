using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using NpgsqlTypes;

namespace SmeFinancialOs.Data.Tests.Bulk;

/// <summary>Values of every kind arrive as PostgreSQL reads their literals; others are refused, and nothing is written.</summary>
public sealed class ColumnValueTests(ShopFixture shop) : IClassFixture<ShopFixture>
{
    private static readonly DateTime Utc = new(2026, 3, 29, 1, 30, 0, 123, 456, DateTimeKind.Utc);
    private static int _tables;

    public enum Mood
    {
        VeryGood,
        BAD,
        [PgName("in between")]
        Between,
        Unknown,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, object, string> Values => new()
    {
        { "bool", true, "true" }, { "int2", (byte)255, "255" }, { "int2", (sbyte)-3, "-3" }, { "int4", (ushort)65535, "65535" }, { "int8", uint.MaxValue,
            "4294967295" },
        { "int4", 7L, "7" }, { "numeric", ulong.MaxValue, "18446744073709551615" }, { "numeric", decimal.MaxValue, "79228162514264337593543950335" },
        { "numeric(5,2)", 1.25m, "1.25" }, { "float4", 1.5f, "1.5" }, { "float8", double.NaN, "NaN" }, { "float8", double.NegativeInfinity, "-Infinity" },
        { "float8", 5, "5" }, { "text", "a'\"\\{},\u20ac", "a'\"\\{},\u20ac" }, { "varchar(3)", "abc", "abc" }, { "char(3)", "a", "a" }, { "text", 'x', "x" },
        { "uuid", Guid.Parse("b6d3d4a6-7a0f-4d7c-9b2c-0c7d6d6f0a01"), "b6d3d4a6-7a0f-4d7c-9b2c-0c7d6d6f0a01" }, { "bytea", new byte[] { 0, 255 }, "\\x00ff" },
        { "uuid", "b6d3d4a6-7a0f-4d7c-9b2c-0c7d6d6f0a01", "b6d3d4a6-7a0f-4d7c-9b2c-0c7d6d6f0a01" }, { "int4", "42", "42" },
        { "date", new DateOnly(2026, 2, 28), "2026-02-28" }, { "date", new DateTime(2026, 2, 28), "2026-02-28" }, { "date", DateOnly.MaxValue, "infinity" },
        { "time", new TimeOnly(1, 2, 3), "01:02:03" }, { "time", new TimeSpan(1, 2, 3), "01:02:03" }, { "interval", new TimeSpan(25, 0, 1), "1 day 01:00:01" },
        { "timestamptz", Utc, "2026-03-29 01:30:00.123456+00" }, { "timestamptz", DateTime.MaxValue, "infinity" },
        { "timestamptz", new DateTimeOffset(2026, 3, 29, 3, 30, 0, TimeSpan.FromHours(2)), "2026-03-29 01:30:00+00" },
        { "timestamp", new DateTime(2026, 3, 29, 1, 30, 0, DateTimeKind.Unspecified), "2026-03-29 01:30:00" },
        { "timestamp", new DateTime(2026, 3, 29, 1, 30, 0, DateTimeKind.Local), "2026-03-29 01:30:00" },
        { "jsonb", "{\"a\": [1, null]}", "{\"a\": [1, null]}" }, { "json", JsonDocument.Parse("[1]"), "[1]" },
        { "jsonb", JsonDocument.Parse("{\"a\":1}").RootElement, "{\"a\": 1}" }, { "jsonb", JsonNode.Parse("[true]")!, "[true]" },
        { "inet", IPAddress.Parse("10.0.0.1"), "10.0.0.1" }, { "inet", "10.0.0.0/8", "10.0.0.0/8" }, { "int4range", "[1,5)", "[1,5)" },
        { "int4range", new NpgsqlRange<int>(1, 5), "[1,6)" }, { "int4multirange", "{[1,3),[5,7)}", "{[1,3),[5,7)}" }, { "point", new NpgsqlPoint(1, 2),
            "(1,2)" },
        { "shop.mood", Mood.VeryGood, "very_good" }, { "shop.mood", Mood.BAD, "Bad" }, { "shop.mood", Mood.Between, "in between" }, { "shop.mood", "Bad",
            "Bad" },
        { "int4", Mood.Between, "2" }, { "text", Mood.Between, "Between" }, { "int8", DayOfWeek.Friday, "5" }, { "shop.size", "(1,\"a,b\")", "(1,\"a,b\")" },
        { "shop.sku", "abcde", "abcde" }, { "int4[]", new[] { 1, 2 }, "{1,2}" }, { "int4[]", Array.Empty<int>(), "{}" }, { "int4[]", new int?[] { 1, null },
            "{1,NULL}" },
        { "int4[]", new List<long> { 3 }, "{3}" }, { "int4[]", "{4}", "{4}" }, { "int4[]", new[,] { { 1, 2 }, { 3, 4 } }, "{{1,2},{3,4}}" },
        { "text[]", new[] { "a,\"b\\", "", "NULL", " x ", null, "{}" }, "{\"a,\\\"b\\\\\",\"\",\"NULL\",\" x \",NULL,{}}".Replace("{},",
            "\"{}\",").Replace(",{}}", ",\"{}\"}") },
        { "uuid[]", new[] { Guid.Empty }, "{00000000-0000-0000-0000-000000000000}" }, { "bool[]", new[] { true, false }, "{t,f}" },
        { "numeric[]", new[] { 1.5m, -0.001m }, "{1.5,-0.001}" }, { "float8[]", new[] { double.PositiveInfinity, double.NaN, 0.1 }, "{Infinity,NaN,0.1}" },
        { "timestamptz[]", new[] { Utc }, "{\"2026-03-29 01:30:00.123456+00\"}" }, { "date[]", new[] { new DateOnly(2026, 1, 2) }, "{2026-01-02}" },
        { "interval[]", new[] { new TimeSpan(-1, -2, 0, 0) }, "{\"-1 days -02:00:00\"}" }, { "bytea[]", new[] { new byte[] { 1 } }, "{\"\\\\x01\"}" },
        { "jsonb[]", new[] { "{\"a\": 1}" }, "{\"{\\\"a\\\": 1}\"}" }, { "shop.mood[]", new[] { Mood.VeryGood, Mood.Between }, "{very_good,\"in between\"}" },
        { "int4[]", new[] { Mood.BAD }, "{1}" }, { "shop.sku[]", new[] { "ab" }, "{ab}" },
    };

    public static TheoryData<string, object> Refused => new()
    {
        { "int4", 1.5m }, { "int8", 1.5 }, { "int4[]", new[] { 1.5 } }, { "int4", true }, { "int4", new object() }, { "int4", new Uri("http://x") },
            { "jsonb", 5 },
        { "text", new[] { "a" } }, { "int4[]", 5 }, { "int4[]", new[] { new[] { 1 } } }, { "timestamp", new DateTimeOffset(2026, 1, 1, 0, 0, 0,
            TimeSpan.Zero) },
        { "text", Utc }, { "bool", Mood.BAD }, { "uuid", 5 }, { "time", Utc }, { "int4", new Dictionary<string, object>() },
    };

    public static TheoryData<string, object> BadValues => new()
    {
        { "int4", long.MaxValue }, { "varchar(3)", "abcd" }, { "varchar(3)[]", new[] { "abcd" } }, { "numeric(3,2)", 1000m }, { "int4", "x" }, { "jsonb", "{" },
        { "timestamptz", new DateTime(2026, 1, 1, 1, 0, 0, DateTimeKind.Local) }, { "timestamptz", new DateTime(2026, 1, 1, 1, 0, 0,
            DateTimeKind.Unspecified) },
        { "timestamp", Utc }, { "date", new DateTime(2026, 1, 1, 1, 0, 0) }, { "time", TimeSpan.FromHours(25) }, { "time", TimeSpan.FromHours(-1) },
        { "shop.mood", Mood.Unknown }, { "shop.mood", "none" }, { "text", (Mood)99 }, { "shop.sku", "bad" }, { "shop.sku", "abcdef" }, { "text", "a\0b" },
        { "jsonb", default(JsonElement) }, { "timestamptz[]", new[] { new DateTime(2026, 1, 1, 1, 0, 0, DateTimeKind.Local) } }, { "int4range", "[5,1)" },
    };

    [Theory]
    [MemberData(nameof(Values), DisableDiscoveryEnumeration = true)]
    public async Task Value_arrives_as_its_literal_does(string column, object value, string literal)
    {
        var table = await TableAsync(column);
        await foreach (var session in shop.SessionsAsync())
        {
            (await InsertAsync(session, table, value)).Should().Be(2);
            (await session.ExecuteScalarAsync<long>($"SELECT count(*) FROM {table} WHERE value::text = @literal::{column}::text", new { literal }, Token))
                .Should().BeGreaterThanOrEqualTo(1);
        }
    }

    [Theory]
    [MemberData(nameof(Values), DisableDiscoveryEnumeration = true)]
    public async Task Null_of_the_type_arrives_as_null(string column, object value, string literal)
    {
        if (column == "shop.sku")
            return;
        _ = literal;
        var table = await TableAsync(column);
        var type = value.GetType().IsValueType ? typeof(Nullable<>).MakeGenericType(value.GetType()) : value.GetType();
        var row = RowTypes.Make("Null", [("Id", typeof(int)), ("Value", type)]);
        (await RowTypes.InsertAsync(shop.Session, table, row, 2, (name, i) => name == "Id" ? i : i == 0 ? null : value, Token)).Should().Be(2);
        (await shop.Session.ExecuteScalarAsync<long>($"SELECT count(*) FROM {table} WHERE value IS NULL", cancellationToken: Token)).Should().Be(1);
    }

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task Type_that_does_not_go_with_its_column_is_told(string column, object value)
    {
        var table = await TableAsync(column);
        for (var round = 0; round < 2; round++)
            (await shop.Session.Invoking(s => InsertAsync(s, table, value)).Should().ThrowAsync<ColumnMismatchException>()).WithMessage("*alue*");
        (await shop.TruthAsync<long>($"SELECT count(*) FROM {table}")).Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(BadValues), DisableDiscoveryEnumeration = true)]
    public async Task Value_that_its_column_cannot_hold_is_told_without_the_value(string column, object value)
    {
        var table = await TableAsync(column);
        var fault = (await shop.Session.Invoking(s => InsertAsync(s, table, value)).Should().ThrowAsync<InvalidValueException>()).Which;
        fault.Message.Should().NotContain(Convert.ToString(value, CultureInfo.InvariantCulture)?.Length > 3 && value is string ? (string)value : "\u0001");
        (await shop.TruthAsync<long>($"SELECT count(*) FROM {table}")).Should().Be(0);
    }

    private static Task<long> InsertAsync(ITenantSession session, string table, object value) => RowTypes.InsertAsync(
        session, table, RowTypes.Make("Value", [("Id", typeof(int)), ("Value", value.GetType())]), 2,
        (name, i) => name == "Id" ? Interlocked.Increment(ref _tables) : value, Token);

    private async Task<string> TableAsync(string column)
    {
        var name = $"values_{Interlocked.Increment(ref _tables)}";
        await shop.AsSuperuserAsync($"""
            SET ROLE app_owner;
            CREATE TABLE shop.{name} (org_id uuid NOT NULL DEFAULT app.current_org_id() REFERENCES public.organizations (id),
                id int NOT NULL, value {column}, PRIMARY KEY (org_id, id));
            SELECT app.protect_table('shop.{name}');
            """);
        return $"shop.{name}";
    }
}

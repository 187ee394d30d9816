using System.Collections;
using System.Net;
using System.Numerics;
using System.Text.Json;
using NodaTime;
using NpgsqlTypes;

namespace SmeFinancialOs.Data.Tests.Values;

/// <summary>The types that people ask for, and the SQL that they ask with. Every type is tried with every SQL.</summary>
internal static class ValueTable
{
    public static readonly IReadOnlyList<Type> Types =
    [
        typeof(bool), typeof(byte), typeof(short), typeof(int), typeof(long), typeof(uint), typeof(ulong), typeof(float), typeof(double), typeof(decimal),
        typeof(char), typeof(string),
        typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan), typeof(BigInteger),
        typeof(bool?), typeof(byte?), typeof(short?), typeof(int?), typeof(long?), typeof(float?), typeof(double?), typeof(decimal?), typeof(char?),
        typeof(Guid?), typeof(DateTime?), typeof(DateTimeOffset?), typeof(DateOnly?), typeof(TimeOnly?), typeof(TimeSpan?), typeof(BigInteger?),
        typeof(Level), typeof(Level?), typeof(SmallLevel), typeof(SmallLevel?), typeof(Mood), typeof(Mood?),
        typeof(byte[]), typeof(short[]), typeof(int[]), typeof(int?[]), typeof(long[]), typeof(decimal[]), typeof(string[]), typeof(Guid[]), typeof(DateTime[]),
        typeof(object[]), typeof(int[,]),
        typeof(List<int>), typeof(List<string>), typeof(Dictionary<string, string>),
        typeof(object), typeof(IPAddress), typeof(BitArray), typeof(JsonDocument), typeof(NpgsqlRange<int>), typeof(NpgsqlRange<int>?), typeof(NpgsqlPoint),
        typeof(NpgsqlInet),
        typeof(NpgsqlInterval), typeof(Instant), typeof(Instant?), typeof(LocalDate), typeof(LocalDateTime), typeof(LocalTime), typeof(Period),
        typeof(ValueTuple<int>), typeof((int, string)), typeof((long, string, DateTime)), typeof((int, string)?), typeof((Guid, int)),
        typeof(Positional), typeof(PositionalWithId), typeof(OrderId), typeof(OrderId?), typeof(Count), typeof(Count?), typeof(IdAndName), typeof(IdAndName?),
        typeof(Members), typeof(MembersReversed), typeof(MoreMembers), typeof(FewerMembers), typeof(ValueMember), typeof(NumberMember), typeof(EnumMember),
        typeof(DateMember),
        typeof(OtherMembers), typeof(PrivateConstructor), typeof(GetOnly), typeof(PublicFields), typeof(WithoutMatchingConstructor), typeof(AbstractShape),
        typeof(Handled), typeof(HandledStruct), typeof(HandledStruct?),
    ];

    /// <summary>Types that a data source with NodaTime in use reads otherwise.</summary>
    public static readonly IReadOnlyList<Type> NodaTypes =
    [
        typeof(Instant), typeof(Instant?), typeof(LocalDate), typeof(LocalDate?), typeof(LocalDateTime), typeof(LocalTime), typeof(OffsetTime), typeof(Period),
        typeof(Period[]),
        typeof(Instant[]), typeof(DateTime), typeof(DateTime?), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan), typeof(DateTimeOffset), typeof(string),
        typeof(object), typeof(DateMember),
    ];

    public static readonly IReadOnlyList<string> Selects = [.. Values.Select(value => $"SELECT {value} AS value"), .. Nulls.Select(type =>
        $"SELECT NULL::{type} AS value")];

    /// <summary>These are tried in a stream and in a batch as well.</summary>
    public static readonly IReadOnlyList<string> SelectsOfRows = [.. Rows];

    public static readonly IReadOnlyList<string> NodaSelects =
    [
        .. Times.Select(value => $"SELECT {value} AS value"),
        "SELECT NULL::timestamptz AS value", "SELECT NULL::date AS value", "SELECT now() AS value WHERE false", "SELECT 1 AS value", "SELECT 'x' AS value",
        "SELECT ARRAY['2026-01-02 03:04:05+00'::timestamptz] AS value", "SELECT ARRAY['1 day'::interval] AS value",
    ];

    private static IEnumerable<string> Times =>
    [
        "'2026-01-02'::date", "'0001-01-01'::date", "'13:14:15.5'::time", "'13:14:15+02'::timetz", "'2026-01-02 03:04:05'::timestamp",
        "'2026-01-02 03:04:05+00'::timestamptz",
        "'26 hours'::interval", "'2 months 1 day'::interval",
    ];

    private static IEnumerable<string> Values =>
    [
        .. Times,
        "1::int2", "2::int4", "0::int4", "-1::int4", "70000::int4", "65::int4", "3::int8", "3000000000::int8", "4.5::numeric", "5::numeric", "1e30::numeric",
        "'NaN'::numeric",
        "1.5::float4", "2::float8", "2.5::float8", "1e300::float8", "'NaN'::float8", "true", "false",
        "'abc'", "'12'", "'4.5'", "'x'", "''", "'true'", "'Second'", "'2026-01-02'", "'2026-01-02 03:04:05'", "'13:14:15'",
        "'b6d3d4a6-7a0f-4d7c-9b2c-0c7d6d6f0a01'",
        "'abc'::varchar", "'ab'::char(3)", "'q'::\"char\"", "'n'::name", "'b6d3d4a6-7a0f-4d7c-9b2c-0c7d6d6f0a01'::uuid",
        "'\\x010203'::bytea", "ARRAY[1,2]", "ARRAY[1,2]::int2[]", "ARRAY[1,2]::int8[]", "ARRAY[1,NULL]", "ARRAY[[1,2],[3,4]]", "ARRAY['a','b']", "'{}'::int4[]",
        "ARRAY['b6d3d4a6-7a0f-4d7c-9b2c-0c7d6d6f0a01']::uuid[]", "ARRAY['2026-01-02'::date]", "ARRAY[1.5::numeric]", "int4range(3,7)",
        "daterange('2026-01-02','2026-01-05')", "int4multirange(int4range(1,3))",
        "'{\"a\":1}'::json", "'{\"a\":1}'::jsonb", "'1'::jsonb", "'happy'::value_mood", "ARRAY['happy','sad']::value_mood[]", "ROW(1,'a')::value_composite",
        "ROW(1,'a')",
        "'12.34'::money", "'10.0.0.1'::inet", "'10.0.0.0/8'::cidr", "'08:00:2b:01:02:03'::macaddr", "point(1,2)", "B'101'", "B'1'", "7::oid", "'<a/>'::xml",
        "to_tsvector('simple','a b')",
    ];

    private static IEnumerable<string> Nulls =>
        ["bool", "int2", "int4", "int8", "numeric", "float8", "text", "uuid", "date", "time", "timestamp", "timestamptz", "interval", "bytea", "int4[]",
            "int4range", "jsonb", "value_mood"];

    private static IEnumerable<string> Rows =>
    [
        "SELECT 1 AS value WHERE false", "SELECT 'x' AS value WHERE false", "SELECT 7 AS id, 'n' AS name WHERE false", "SELECT FROM generate_series(1, 2)",
        "SELECT WHERE false",
        "SELECT i AS value FROM generate_series(1, 3) i", "SELECT NULLIF(i, 2) AS value FROM generate_series(1, 3) i", "SELECT 1", "SELECT NULL",
        "SELECT 7 AS id, 'n' AS name", "SELECT 'n' AS name, 7 AS id", "SELECT 7 AS id", "SELECT 'n' AS name", "SELECT 7 AS id, 'n' AS name, true AS other",
        "SELECT 7 AS \"ID\", 'n' AS \"NAME\"",
        "SELECT NULL::int4 AS id, 'n' AS name", "SELECT 7 AS id, NULL::text AS name", "SELECT NULL::int4 AS id, NULL::text AS name",
        "SELECT 7::int8 AS id, 'n' AS name", "SELECT '7' AS id, 'n' AS name",
        "SELECT 'seven' AS id, 'n' AS name", "SELECT 1 AS id, 2 AS id", "SELECT 7 AS i_d, 'n' AS na_me",
        "SELECT 7 AS id, 'n' AS name, '2026-01-02'::date AS day, 'First' AS level",
        "SELECT 7 AS id, 'n' AS name, '2026-01-02'::timestamp AS day, 1 AS level", "SELECT 7 AS id, 'n' AS name, NULL::date AS day, NULL::int4 AS level",
        "SELECT 'b6d3d4a6-7a0f-4d7c-9b2c-0c7d6d6f0a01'::uuid AS id", "SELECT 'b6d3d4a6-7a0f-4d7c-9b2c-0c7d6d6f0a01'::uuid AS id, 3 AS n",
        "SELECT 3 AS quantity",
        "SELECT 3::int8 AS id, 'n' AS name, '2026-01-02'::timestamp AS at", "DO $$ BEGIN NULL; END $$",
    ];
}

using System.Text;

namespace SmeFinancialOs.Data.Tests.Values;

/// <summary>What COPY writes, byte for byte, and which commands are no export in text.</summary>
public sealed class CopyFormatTests(ValueFixture fixture) : IClassFixture<ValueFixture>
{
    private ITenantSession Session => fixture.SessionOn(fixture.Source);

    /// <summary>The bytes of a copied value are those of its encoding.</summary>
    public static TheoryData<string, string, byte[]> Encodings => new()
    {
        { "as it is", "COPY (SELECT 'é€😀') TO STDOUT", Encoding.UTF8.GetBytes("é€😀\n") },
        { "LATIN1", "COPY (SELECT 'é') TO STDOUT (ENCODING 'LATIN1')", [0xE9, (byte)'\n'] },
        { "any case and order", "copy (select 'é') to stdout with (format csv, header false, encoding 'latin1')", [0xE9, (byte)'\n'] },
        { "a comment between", "COPY (SELECT 'é') TO/* */STDOUT (/* */ENCODING -- a\n E'LATIN\\u0031')", [0xE9, (byte)'\n'] },
        { "old syntax", "COPY (SELECT 'é') TO STDOUT CSV ENCODING 'LATIN1'", [0xE9, (byte)'\n'] },
        { "WIN1252", "COPY (SELECT '€') TO STDOUT (ENCODING 'WIN1252')", [0x80, (byte)'\n'] },
        { "several bytes a character", "COPY (SELECT '日本') TO STDOUT (ENCODING 'EUC_JP')", [0xC6, 0xFC, 0xCB, 0xDC, (byte)'\n'] },
        { "begins with a byte order mark", "COPY (SELECT U&'\\FEFFa') TO STDOUT", [0xEF, 0xBB, 0xBF, (byte)'a', (byte)'\n'] },
        { "begins as UTF-16 does", "COPY (SELECT 'ÿþa') TO STDOUT (ENCODING 'LATIN1')", [0xFF, 0xFE, (byte)'a', (byte)'\n'] },
        { "longer than a buffer", "COPY (SELECT repeat('a😀', 20000)) TO STDOUT", [.. Repeated("a😀", 20000, Encoding.UTF8), (byte)'\n'] },
        { "many rows", "COPY (SELECT 'é' FROM generate_series(1, 9000)) TO STDOUT (ENCODING 'LATIN1')", Repeated("é\n", 9000, Encoding.Latin1) },
        { "column of that name", "COPY (SELECT 1 AS binary) TO STDOUT (FORMAT csv, HEADER)", "binary\n1\n"u8.ToArray() },
    };

    /// <summary>Found out by the answer of the server, however it is written.</summary>
    public static TheoryData<string> Binary =>
    [
        "COPY (SELECT 1) TO STDOUT (FORMAT binary)", "copy (select 1) to stdout with (format 'binary')", "COPY (SELECT 1) TO STDOUT BINARY",
        "COPY (SELECT 1) TO STDOUT WITH BINARY",
        "COPY BINARY value_rows TO STDOUT", "COPY (SELECT 1) TO STDOUT (ENCODING 'UTF8', FORMAT \"binary\")",
        "COPY (SELECT 1) TO STDOUT (FORMAT/* text */E'b\\x69nary')",
        "COPY (SELECT 1) TO STDOUT (FORMAT U&'\\0062inary')", "COPY (SELECT 1) TO STDIN BINARY -- STDOUT",
    ];

    /// <summary>Not to the client, or not from the server.</summary>
    public static TheoryData<string> Others =>
    [
        "COPY value_rows TO '/tmp/rows'", "COPY value_rows TO PROGRAM 'cat'", "COPY value_rows FROM STDIN", "COPY value_rows FROM '/etc/passwd'",
        "COPY value_rows FROM PROGRAM 'id'",
        "copy value_rows from stdin with (format csv)", "COPY value_rows FROM STDOUT", "COPY value_rows FROM STDIN -- TO STDOUT",
        "COPY value_rows FROM STDIN BINARY -- STDOUT", "COPY value_rows",
        "COPY value_rows TO STDOUT; COMMIT", "COPY value_rows TO STDOUT;; /* ; */ INSERT INTO value_rows VALUES (1)",
        "COPY value_rows TO STDOUT; COPY value_rows TO STDOUT",
    ];

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Copy_writes_the_bytes_of_its_encoding(string name, string copy, byte[] bytes)
    {
        name.Should().NotBeEmpty();
        using var copied = new MemoryStream();
        await Session.ExportAsync(copy, copied);
        copied.ToArray().Should().Equal(bytes);
    }

    [Fact]
    public async Task Copy_follows_the_encoding_of_its_unit_of_work()
    {
        await using var work = await new TenantConnectionFactory(fixture.Source).OpenConnectionAsync(fixture.ContextA);
        await work.ExecuteAsync("SET LOCAL client_encoding = 'LATIN1'");
        using var copied = new MemoryStream();
        await work.ExportAsync("COPY (SELECT chr(233)) TO STDOUT", copied);
        copied.ToArray().Should().Equal(0xE9, (byte)'\n');
    }

    [Theory]
    [MemberData(nameof(Binary))]
    public async Task Binary_format_is_refused_by_type_and_writes_nothing(string copy)
    {
        using var copied = new MemoryStream();
        (await Session.Invoking(session => session.ExportAsync(copy, copied)).Should().ThrowAsync<ArgumentException>()).WithMessage("*text or csv*Binary*");
        await using (var work = await new TenantConnectionFactory(fixture.Source).OpenConnectionAsync(fixture.ContextA))
            await work.Invoking(session => session.ExportAsync(copy, copied)).Should().ThrowAsync<ArgumentException>();
        copied.Length.Should().Be(0);

        await Session.ExportAsync("COPY (SELECT 'next') TO STDOUT", copied);
        Encoding.UTF8.GetString(copied.ToArray()).Should().Be("next\n");
    }

    [Theory]
    [MemberData(nameof(Others))]
    public async Task What_is_no_export_is_refused_and_writes_nothing(string copy)
    {
        using var copied = new MemoryStream();
        (await Session.Invoking(session => session.ExportAsync(copy, copied)).Should().ThrowAsync<ArgumentException>()).WithMessage("*COPY .. TO STDOUT*");
        await using (var work = await new TenantConnectionFactory(fixture.Source).OpenConnectionAsync(fixture.ContextA))
            await work.Invoking(session => session.ExportAsync(copy, copied)).Should().ThrowAsync<ArgumentException>();
        copied.Length.Should().Be(0);
        (await Session.ExecuteScalarAsync<int>("SELECT 7")).Should().Be(7);
    }

    private static byte[] Repeated(string text, int times, Encoding encoding) => encoding.GetBytes(string.Concat(Enumerable.Repeat(text, times)));
}

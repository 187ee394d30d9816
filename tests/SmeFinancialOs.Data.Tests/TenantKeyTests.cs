namespace SmeFinancialOs.Data.Tests;

/// <summary>What is an id of a tenant, and in which one text.</summary>
public sealed class TenantKeyTests
{
    private static readonly Guid Uuid = new("aaaaaaaa-0000-4000-8000-000000000001");

    [Fact]
    public void Each_type_is_taken_as_it_is_and_written_in_its_canonical_text()
    {
        TenantKey uuid = Uuid, bigint = 42L, integer = 42, negative = long.MinValue, text = " Acme, \"Ltd\" ";

        (uuid.Type, uuid.ToString(), uuid.ToGuid(), uuid.Value).Should().Be((TenantKeyType.Uuid, "aaaaaaaa-0000-4000-8000-000000000001", Uuid, (object)Uuid));
        (bigint.Type, bigint.ToString(), bigint.ToInt64(), bigint.Value).Should().Be((TenantKeyType.Bigint, "42", 42L, (object)42L));
        integer.Should().Be(bigint);
        negative.ToString().Should().Be("-9223372036854775808");
        (text.Type, text.ToString(), text.Value).Should().Be((TenantKeyType.Text, " Acme, \"Ltd\" ", (object)" Acme, \"Ltd\" "));
    }

    [Fact]
    public void Keys_are_equal_where_type_and_id_are()
    {
        TenantKey number = 42, text = "42", other = "43";

        (number == 42L).Should().BeTrue();
        (number == text).Should().BeFalse("the one is a number");
        (text != other).Should().BeTrue();
        new HashSet<TenantKey> { number, 42L, text, "42", "Acme", "acme" }.Should().HaveCount(4);
        (default(TenantKey) == Guid.Empty).Should().BeTrue("a comparison refuses nothing");
    }

    [Fact]
    public void A_key_is_not_read_as_another_type()
    {
        TenantKey uuid = Uuid, text = "42";
        FluentActions.Invoking(() => uuid.ToInt64()).Should().Throw<InvalidOperationException>().WithMessage("*Uuid, not Bigint*");
        FluentActions.Invoking(() => text.ToGuid()).Should().Throw<InvalidOperationException>().WithMessage("*Text, not Uuid*");
    }

    [Theory]
    [InlineData(TenantKeyType.Uuid, "AAAAAAAA-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000001")]
    [InlineData(TenantKeyType.Uuid, "aaaaaaaa000040008000000000000001", "aaaaaaaa-0000-4000-8000-000000000001")]
    [InlineData(TenantKeyType.Bigint, "9223372036854775807", "9223372036854775807")]
    [InlineData(TenantKeyType.Bigint, "-1", "-1")]
    [InlineData(TenantKeyType.Text, "acme", "acme")]
    [InlineData(TenantKeyType.Text, "ACME ", "ACME ")]
    [InlineData(TenantKeyType.Text, "0x10", "0x10")]
    public void Text_of_a_claim_is_read(TenantKeyType type, string text, string expected)
    {
        TenantKey.TryParse(text, type, out var key).Should().BeTrue();
        (key.Type, key.ToString()).Should().Be((type, expected));
    }

    [Theory]
    [InlineData(TenantKeyType.Uuid, null)]
    [InlineData(TenantKeyType.Uuid, "")]
    [InlineData(TenantKeyType.Uuid, "42")]
    [InlineData(TenantKeyType.Uuid, "00000000-0000-0000-0000-000000000000")]
    [InlineData(TenantKeyType.Bigint, null)]
    [InlineData(TenantKeyType.Bigint, "")]
    [InlineData(TenantKeyType.Bigint, "0")]
    [InlineData(TenantKeyType.Bigint, "-0")]
    [InlineData(TenantKeyType.Bigint, "+1")]
    [InlineData(TenantKeyType.Bigint, "007")]
    [InlineData(TenantKeyType.Bigint, "0x10")]
    [InlineData(TenantKeyType.Bigint, "1_000")]
    [InlineData(TenantKeyType.Bigint, "1e3")]
    [InlineData(TenantKeyType.Bigint, " 1")]
    [InlineData(TenantKeyType.Bigint, "1 ")]
    [InlineData(TenantKeyType.Bigint, "\u0661")] // a digit of another script
    [InlineData(TenantKeyType.Bigint, "9223372036854775808")]
    [InlineData(TenantKeyType.Bigint, "aaaaaaaa-0000-4000-8000-000000000001")]
    [InlineData(TenantKeyType.Text, null)]
    [InlineData(TenantKeyType.Text, "")]
    [InlineData(TenantKeyType.Text, " \t")]
    [InlineData(TenantKeyType.Text, "a\0b")]
    [InlineData((TenantKeyType)7, "a")]
    public void What_is_no_id_of_the_type_is_not_read(TenantKeyType type, string? text)
    {
        TenantKey.TryParse(text, type, out var key).Should().BeFalse();
        key.Should().Be(default(TenantKey));
    }

    [Fact]
    public void Text_is_at_most_a_thousand_characters_and_has_a_form_in_utf_8()
    {
        TenantKey.TryParse(new string('x', 1000), TenantKeyType.Text, out _).Should().BeTrue();
        TenantKey.TryParse(string.Concat(Enumerable.Repeat("\U0001f600", 1000)), TenantKeyType.Text, out _).Should().BeTrue("code points count");
        TenantKey.TryParse(new string('x', 1001), TenantKeyType.Text, out _).Should().BeFalse();
        TenantKey.TryParse("a\ud800", TenantKeyType.Text, out _).Should().BeFalse();
        FluentActions.Invoking(() => TenantContext.ForOrganization(new string('x', 1001))).Should().Throw<ArgumentException>().WithMessage("*at most 1000*");
        FluentActions.Invoking(() => TenantContext.ForOrganization("a\udc00")).Should().Throw<ArgumentException>().WithMessage("*surrogate*");
    }
}

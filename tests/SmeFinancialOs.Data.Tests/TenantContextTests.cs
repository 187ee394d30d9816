namespace SmeFinancialOs.Data.Tests;

public sealed class TenantContextTests
{
    private static readonly Guid Id = Guid.NewGuid();

    [Fact]
    public void Organization_id_cannot_be_what_a_variable_holds_by_mistake()
    {
        foreach (var (id, message) in new (TenantKey, string)[]
                 {
                     (Guid.Empty, "Guid.Empty"), (default, "Guid.Empty"), (0, "be 0"), ("", "blank"), (" \t", "blank"),
                     ((string?)null, "blank"), ("a\0b", "NUL"),
                 })
        {
            FluentActions.Invoking(() => TenantContext.ForOrganization(id)).Should().Throw<ArgumentException>().WithMessage($"*{message}*")
                .WithParameterName("organizationId");
            FluentActions.Invoking(() => TenantContext.ForDemo(id)).Should().Throw<ArgumentException>().WithParameterName("organizationId");
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t")]
    [InlineData("a\0b")]
    public void Actor_and_reason_are_text_with_something_in_it(string? text)
    {
        FluentActions.Invoking(() => TenantContext.ForAdmin(text!, "reason")).Should().Throw<ArgumentException>().WithParameterName("actor");
        FluentActions.Invoking(() => TenantContext.ForAdmin("actor", text!)).Should().Throw<ArgumentException>().WithParameterName("reason");
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_text() => // not in the theory above: an attribute cannot hold it
        FluentActions.Invoking(() => TenantContext.ForAdmin("half a \ud83d pair", "reason")).Should().Throw<ArgumentException>().WithMessage("*surrogate*");

    [Fact]
    public void Actor_has_at_most_1000_characters_of_any_width()
    {
        TenantContext.ForAdmin(string.Concat(Enumerable.Repeat("😀", 1000)), "reason").Actor.Should().HaveLength(2000);
        FluentActions.Invoking(() => TenantContext.ForAdmin(new string('x', 1001), "reason")).Should().Throw<ArgumentException>().WithMessage("*1001*1000*");
    }

    [Fact]
    public void The_demo_organization_is_the_demo_context()
    {
        TenantContext.ForOrganization(TenantContext.DemoOrganizationId).Should().BeSameAs(TenantContext.Demo);
        TenantContext.Demo.Access.Should().Be(TenantAccess.Demo);
        TenantContext.Demo.IsReadOnly.Should().BeTrue();
    }

    [Fact]
    public void The_demo_cannot_be_opened_for_writes() =>
        FluentActions.Invoking(() => TenantContext.Demo.AsReadWrite()).Should().Throw<DemoReadOnlyException>();

    [Fact]
    public void An_admin_reads_only_unless_writes_are_asked_for()
    {
        var admin = TenantContext.ForAdmin("actor", "reason");
        admin.IsReadOnly.Should().BeTrue();
        admin.OrganizationId.Should().BeNull();
        admin.AsReadWrite().Should().Match<TenantContext>(context => !context.IsReadOnly && context.Actor == "actor" && context.Reason == "reason");
    }

    [Fact]
    public void Access_mode_makes_a_new_context_and_leaves_the_old_one()
    {
        var context = TenantContext.ForOrganization(Id);
        context.IsReadOnly.Should().BeFalse();
        context.AsReadOnly().IsReadOnly.Should().BeTrue();
        context.IsReadOnly.Should().BeFalse();
        context.AsReadOnly().AsReadWrite().Should().Be(context);
    }

    [Fact]
    public void Contexts_of_one_organization_are_equal() =>
        TenantContext.ForOrganization(Id).Should().Be(TenantContext.ForOrganization(Id)).And.NotBe(TenantContext.ForOrganization(Guid.NewGuid()));

    [Fact]
    public void Words_for_a_context_do_not_tell_actor_and_reason()
    {
        TenantContext.ForAdmin("the-actor", "the-reason").ToString().Should().Be("admin (read-only)");
        TenantContext.ForOrganization(Id).ToString().Should().Be($"organization {Id}");
    }
}

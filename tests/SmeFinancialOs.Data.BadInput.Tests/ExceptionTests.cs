using System.Runtime.CompilerServices;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.BadInput.Tests;

/// <summary>A host tests its handlers with exceptions that it makes itself.</summary>
public sealed class ExceptionTests
{
    public static TheoryData<Type> Exceptions => [.. PublicApi.Packages
        .SelectMany(package => package.GetExportedTypes()).Where(type => typeof(Exception).IsAssignableFrom(type) && !type.IsAbstract)];

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void Exception_is_made_of_a_message_or_of_a_message_and_its_cause(Type type)
    {
        var cause = new TimeoutException();

        type.GetConstructors().Should().HaveCount(2);
        type.GetConstructor([typeof(string)])!.Invoke(["what to do"]).Should().BeAssignableTo<Exception>().Which.Message.Should().Be("what to do");
        type.GetConstructor([typeof(string), typeof(Exception)])!.Invoke(["what to do", cause])
            .Should().BeAssignableTo<Exception>().Which.InnerException.Should().BeSameAs(cause);
    }

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void Values_that_a_handler_reads_are_init_properties(Type type)
    {
        var values = type.GetProperties().Where(property => property.DeclaringType!.Assembly == type.Assembly);

        values.Where(property => property.SetMethod is not { IsPublic: true } setter
            || !setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit))).Should().BeEmpty();
    }

    [Fact]
    public void Values_that_a_host_sets_are_kept()
    {
        var duplicate = new DuplicateKeyException("exists") { SqlState = "23505", TableName = "invoices", ConstraintName = "invoices_number_key" };
        var control = new TransactionControlException("ended") { MayBePartlyCommitted = true };
        var role = new UnsafeDatabaseRoleException("unsafe") { LoginName = "postgres", Faults = ["It is a superuser."] };

        (duplicate.SqlState, duplicate.TableName, duplicate.ConstraintName).Should().Be(("23505", "invoices", "invoices_number_key"));
        control.MayBePartlyCommitted.Should().BeTrue();
        (role.LoginName, role.Faults.Single()).Should().Be(("postgres", "It is a superuser."));
        new UnsafeDatabaseRoleException("unsafe").Faults.Should().BeEmpty();
        new TenantIsolationException("reached").Report.Should().BeNull();
    }
}

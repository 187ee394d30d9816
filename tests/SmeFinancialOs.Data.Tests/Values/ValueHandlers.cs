using System.Data;
using Dapper;

namespace SmeFinancialOs.Data.Tests.Values;

/// <summary>As a host registers them at its start.</summary>
internal static class ValueHandlers
{
    public static void Register()
    {
        SqlMapper.AddTypeHandler(new HandledHandler());
        SqlMapper.AddTypeHandler(new HandledStructHandler());
    }

    private sealed class HandledHandler : SqlMapper.TypeHandler<Handled>
    {
        public override Handled Parse(object value) => new($"handled {value}");

        public override void SetValue(IDbDataParameter parameter, Handled? value) => parameter.Value = value?.Text ?? (object)DBNull.Value;
    }

    private sealed class HandledStructHandler : SqlMapper.TypeHandler<HandledStruct>
    {
        public override HandledStruct Parse(object value) => new($"handled {value}");

        public override void SetValue(IDbDataParameter parameter, HandledStruct value) => parameter.Value = value.Text;
    }
}

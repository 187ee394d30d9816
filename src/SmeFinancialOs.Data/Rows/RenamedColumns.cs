using System.Collections;
using System.Data.Common;

namespace SmeFinancialOs.Data.Rows;

/// <summary>
/// The columns of a result under other names, for Dapper to make its row parser by: it asks for names and types. The rows themselves are read from the reader.
/// </summary>
internal sealed class RenamedColumns(DbDataReader reader, int start, string[] names) : DbDataReader
{
    public override int FieldCount => reader.FieldCount;

    public override int Depth => reader.Depth;

    public override bool HasRows => reader.HasRows;

    public override bool IsClosed => reader.IsClosed;

    public override int RecordsAffected => reader.RecordsAffected;

    public override object this[int ordinal] => reader[ordinal];

    public override object this[string name] => reader[GetOrdinal(name)];

    public override string GetName(int ordinal) => ordinal >= start && ordinal - start < names.Length ? names[ordinal - start] : reader.GetName(ordinal);

    public override int GetOrdinal(string name)
    {
        for (var ordinal = 0; ordinal < FieldCount; ordinal++)
        {
            if (string.Equals(GetName(ordinal), name, StringComparison.OrdinalIgnoreCase))
                return ordinal;
        }

        throw new ArgumentOutOfRangeException(nameof(name));
    }

    public override Type GetFieldType(int ordinal) => reader.GetFieldType(ordinal);

    public override string GetDataTypeName(int ordinal) => reader.GetDataTypeName(ordinal);

    public override bool IsDBNull(int ordinal) => reader.IsDBNull(ordinal);

    public override object GetValue(int ordinal) => reader.GetValue(ordinal);

    public override int GetValues(object[] values) => reader.GetValues(values);

    public override bool GetBoolean(int ordinal) => reader.GetBoolean(ordinal);

    public override byte GetByte(int ordinal) => reader.GetByte(ordinal);

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) =>
        reader.GetBytes(ordinal, dataOffset, buffer, bufferOffset, length);

    public override char GetChar(int ordinal) => reader.GetChar(ordinal);

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) =>
        reader.GetChars(ordinal, dataOffset, buffer, bufferOffset, length);

    public override DateTime GetDateTime(int ordinal) => reader.GetDateTime(ordinal);

    public override decimal GetDecimal(int ordinal) => reader.GetDecimal(ordinal);

    public override double GetDouble(int ordinal) => reader.GetDouble(ordinal);

    public override float GetFloat(int ordinal) => reader.GetFloat(ordinal);

    public override Guid GetGuid(int ordinal) => reader.GetGuid(ordinal);

    public override short GetInt16(int ordinal) => reader.GetInt16(ordinal);

    public override int GetInt32(int ordinal) => reader.GetInt32(ordinal);

    public override long GetInt64(int ordinal) => reader.GetInt64(ordinal);

    public override string GetString(int ordinal) => reader.GetString(ordinal);

    public override bool NextResult() => throw new NotSupportedException();

    public override bool Read() => throw new NotSupportedException();

    public override IEnumerator GetEnumerator() => throw new NotSupportedException();
}

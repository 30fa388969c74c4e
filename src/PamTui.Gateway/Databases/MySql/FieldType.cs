namespace PamTui.Gateway.Databases.MySql;

/// <summary>How a value looks in the binary protocol ("Field Types"); those that are not here are strings with a length.</summary>
internal enum FieldType : byte
{
    Tiny = 1,
    Short = 2,
    Long = 3,
    Float = 4,
    Double = 5,
    Null = 6,
    Timestamp = 7,
    LongLong = 8,
    Int24 = 9,
    Date = 10,
    Time = 11,
    DateTime = 12,
    Year = 13,
    Bit = 16,
    TinyBlob = 249,
    MediumBlob = 250,
    LongBlob = 251,
    Blob = 252,
    Geometry = 255,
}

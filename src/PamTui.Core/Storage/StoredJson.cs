using System.Text.Json.Serialization;

namespace PamTui.Core.Storage;

/// <summary>What is stored as JSON, by code that was made when the program was built.</summary>
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class StoredJson : JsonSerializerContext;

namespace PamTui.Gateway.Databases;

/// <summary>A peer said what its protocol does not allow, here or at all. The message is ours: it holds no word of the peer's.</summary>
internal sealed class BrokenProtocolException(string message) : Exception(message);

using PamTui.Core.Model;
using PamTui.Ssh;

namespace PamTui.Gateway.Relay;

/// <summary>A target's leg, signed in.</summary>
/// <param name="Resource">As it was when its host key was judged.</param>
/// <param name="Session">The number that the certificate of the sign-in has given to the session; null: none yet.</param>
internal sealed record DialledTarget(SshTransport Transport, Resource Resource, long? Session);

using PamTui.Core.Model;
using PamTui.Core.Resources;

namespace PamTui.Commands;

/// <summary>What a person or a known_hosts file says a host may be known by.</summary>
internal sealed record GivenHostKeys(IReadOnlyList<HostKeyPin> Pins, IReadOnlyList<HostAuthority> Authorities);

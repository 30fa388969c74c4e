using System.Net;
using PamTui.Core.Model;
using PamTui.Core.Sessions;
using PamTui.Gateway.Listener;

namespace PamTui.Gateway.Forwarding;

/// <summary>
/// Where a place that a grant names leads now, and that it is nothing which the vault manages: the broker must not be walked around. What was
/// looked at is what is dialled, so a name that answers otherwise the next time is no way past.
/// </summary>
/// <param name="managedAt">What the vault has at a port, as it is now.</param>
/// <param name="ownPort">On which this gateway listens.</param>
internal sealed class ForwardCheck(Func<int, CancellationToken, Task<ManagedPlaces>> managedAt, LookUps lookUps, Func<int> ownPort)
{
    /// <summary>One forwarding asks for no more names than these, and with more to compare it is refused.</summary>
    public const int MaxNames = 2000;

    /// <summary>The addresses to dial.</summary>
    /// <returns>NotAllowed: it may not be dialled whatever a grant says. Failed: nobody knows where it is.</returns>
    public async Task<Result<IPAddress[]>> AddressesAsync(HostPort to, CancellationToken ct)
    {
        ManagedPlaces managed = await managedAt(to.Port, ct).ConfigureAwait(false);
        if (managed.Hosts.Contains(to.Host, StringComparer.OrdinalIgnoreCase))
        {
            return Managed(to);
        }

        IPAddress[] addresses = to.Address is { } literal ? [literal] : await lookUps.AskAsync(to.Host, ct).ConfigureAwait(false) ?? [];
        if (addresses.Length == 0)
        {
            return Refusal.Failed($"{to} cannot be reached: the gateway knows no address of it.");
        }

        HashSet<IPAddress> own = MachineAddresses.Now();
        HashSet<IPAddress> plain = [.. addresses.Select(address => PlainAddress.Of(address, own))];
        if (plain.FirstOrDefault(PlainAddress.IsSpecial) is { } special && to.Address is null && !(to.Host == "localhost" && IPAddress.IsLoopback(special)))
        {
            return Refusal.NotAllowed($"{to} leads to an address of the gateway's own machine or its network link; a grant must name that address itself.");
        }

        if (to.Port == ownPort() && plain.Contains(IPAddress.Loopback))
        {
            return Refusal.NotAllowed($"{to} is the gateway itself.");
        }

        if (managed.Gateways.Any(address => plain.Contains(PlainAddress.Of(address, own))))
        {
            return Refusal.NotAllowed($"{to} is a gateway of this vault.");
        }

        return await WhyManagedAsync(to, managed.Hosts, address => plain.Contains(PlainAddress.Of(address, own)), ct).ConfigureAwait(false) is { } why ? why : addresses;
    }

    private static Refusal Managed(HostPort to) => Refusal.NotAllowed($"{to} leads to what the vault manages, which is reached by its accounts alone.");

    private async Task<Refusal?> WhyManagedAsync(HostPort to, IReadOnlyList<string> hosts, Predicate<IPAddress> isThere, CancellationToken ct)
    {
        List<string> names = [];
        foreach (string host in hosts)
        {
            if (!IPAddress.TryParse(host, out IPAddress? literal))
            {
                names.Add(host);
            }
            else if (isThere(literal))
            {
                return Managed(to);
            }
        }

        if (names.Count > MaxNames)
        {
            return Refusal.NotAllowed($"{to} cannot be compared with what the vault manages: {names.Count} hosts at that port are known by name, and {MaxNames} are looked up at most; an admin gives them addresses.");
        }

        IPAddress[]?[] answers = await Task.WhenAll(names.Select(name => lookUps.AskAsync(name, ct))).ConfigureAwait(false);
        if (Array.Exists(answers, its => its is not null && Array.Exists(its, isThere)))
        {
            return Managed(to);
        }

        // A host without an address is nowhere, so it is not there; of one that nobody knows that cannot be said.
        return answers.Contains(null)
            ? Refusal.NotAllowed($"{to} cannot be compared with what the vault manages, as a name server does not answer; try again.")
            : null;
    }
}

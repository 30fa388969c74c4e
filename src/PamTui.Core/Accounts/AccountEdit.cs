using PamTui.Core.Access;
using PamTui.Core.Model;

namespace PamTui.Core.Accounts;

/// <summary>An account before and after a change, with the credential to sign in with when that is to be checked.</summary>
internal sealed record AccountEdit(Caller Caller, Resource Resource, Account Account, Account Edited, bool SignsInOtherwise, Secret? Main, Secret? Passphrase) : IDisposable
{
    public void Dispose()
    {
        Main?.Dispose();
        Passphrase?.Dispose();
    }
}

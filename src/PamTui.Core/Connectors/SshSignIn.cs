using System.Text;
using PamTui.Core.Model;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace PamTui.Core.Connectors;

/// <summary>How a sign-in over SSH goes: which method ran, what the server asked and said. SSH.NET tells each on a thread of its own.</summary>
internal sealed class SshSignIn
{
    private const int MaxWords = 2048;

    private readonly Lock _gate = new();
    private readonly StringBuilder _words = new();
    private bool _tried;
    private bool _answered;

    /// <summary>Whether the credential was sent at all.</summary>
    public bool Tried
    {
        get
        {
            lock (_gate)
            {
                return _tried;
            }
        }
    }

    /// <summary>The server wants a new password before anything else.</summary>
    public bool MustChange { get; private set; }

    /// <summary>The credential was right, or was not the question: the server wants something more.</summary>
    public bool WantsMore { get; private set; }

    /// <summary>What the server said since the credential was sent; a banner before that is the same for everybody.</summary>
    public string Words
    {
        get
        {
            lock (_gate)
            {
                return _words.ToString();
            }
        }
    }

    public AuthenticationMethod Once(AuthenticationMethod method) => new OneTry(method, this);

    public void Heard(string? words)
    {
        lock (_gate)
        {
            if (_tried && !string.IsNullOrWhiteSpace(words) && _words.Length < MaxWords)
            {
                _words.Append(_words.Length > 0 ? " " : "").Append(words.Trim(), 0, Math.Min(words.Trim().Length, MaxWords));
            }
        }
    }

    public SshAuthenticationException PasswordMustChange()
    {
        MustChange = true;
        return new SshAuthenticationException("The password must be changed.");
    }

    /// <summary>PAM's one question is answered with the password, once; any other is left to a person.</summary>
    public void Answer(AuthenticationPromptEventArgs asked, Secret password)
    {
        Heard(asked.Instruction);
        if (asked.Prompts.Count == 0)
        {
            return;
        }

        AuthenticationPrompt prompt = asked.Prompts[0];
        if (_answered || asked.Prompts.Count > 1 || prompt.IsEchoed)
        {
            Heard(prompt.Request);
            if (LoginWords.CauseOf(Words) == CheckCause.PasswordExpired)
            {
                throw PasswordMustChange();
            }

            WantsMore = true;
            throw new SshAuthenticationException("The server asks for more than a password.");
        }

        _answered = true;
        prompt.Response = password.RevealText();
    }

    /// <summary>A method of SSH.NET that sends the credential only when no other has.</summary>
    private sealed class OneTry(AuthenticationMethod method, SshSignIn signIn) : AuthenticationMethod(method.Username)
    {
        public override string Name => method.Name;

        public override AuthenticationResult Authenticate(Session session)
        {
            lock (signIn._gate)
            {
                if (signIn._tried)
                {
                    return AuthenticationResult.Failure;
                }

                signIn._tried = true;
            }

            AuthenticationResult result = method.Authenticate(session);
            AllowedAuthentications = method.AllowedAuthentications ?? [];
            signIn.WantsMore |= result == AuthenticationResult.PartialSuccess;
            return result;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                method.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}

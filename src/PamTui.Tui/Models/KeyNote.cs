using System.Runtime.InteropServices;
using System.Security.Cryptography;
using PamTui.Core.Accounts;
using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>Says of a pasted private key what it is, before anything is saved with it.</summary>
internal sealed class KeyNote : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(400);

    private readonly Workplace _work;
    private readonly FormModel _form;
    private readonly SaveDialog _dialog;
    private byte[] _looked = [];
    private byte[] _file = [];
    private bool _isGone;

    public KeyNote(Workplace work, FormModel form, SaveDialog dialog)
    {
        (_work, _form, _dialog) = (work, form, dialog);
        (_looked, _file) = (Digest("privateKey", "passphrase"), Digest("privateKey"));
        form.Changed += Look;
    }

    public void Dispose()
    {
        _isGone = true;
        _form.Changed -= Look;
    }

    // A paste is looked at at once; a passphrase when its typing pauses, because each try costs what protects it.
    private void Look()
    {
        byte[] digest = Digest("privateKey", "passphrase");
        if (digest.SequenceEqual(_looked))
        {
            return;
        }

        _looked = digest;
        byte[] file = Digest("privateKey");
        if (file.SequenceEqual(_file))
        {
            _work.Jobs.Later(s_pause, _work.Time, () => Look(digest));
        }
        else
        {
            _file = file;
            Look(digest);
        }
    }

    private void Look(byte[] digest)
    {
        if (_looked != digest || _isGone)
        {
            return;
        }

        if (_form.SecretOf("privateKey") is not { } key)
        {
            _dialog.Note = [];
            return;
        }

        Secret? passphrase = _form.SecretOf("passphrase");
        _work.Jobs.Start(async ct =>
        {
            using Secret file = key;
            using Secret? phrase = passphrase;
            PrivateKeyLook look = await _work.Jobs.CallAsync(_ => Task.FromResult(PrivateKeys.Look(file, phrase)), ct);
            if (_looked == digest && !_isGone)
            {
                _dialog.Note = [Line(look)];
            }
        });
    }

    private static StyledLine Line(PrivateKeyLook look) => look switch
    {
        { Key: { } key } => new StyledLine(new Span("● ", Tone.Good), new Span($"{Text.Escape(key.Type)}, {key.Bits} bits  "), new Span(key.Fingerprint, Tone.Strong)),
        { NeedsPassphrase: true } => StyledLine.Of("○ The key is encrypted: type its passphrase.", Tone.Warn),
        _ => StyledLine.Of("✗ " + look.Error, Tone.Bad),
    };

    // Of what is typed, to see whether it is another: other fields change the form as well.
    private byte[] Digest(params string[] names)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (FormField field in _form.Shown.Where(field => names.Contains(field.Descriptor.Name)))
        {
            hash.AppendData([(byte)'\n']);
            hash.AppendData(MemoryMarshal.AsBytes(field.Editor.Chars));
        }

        return hash.GetHashAndReset();
    }
}

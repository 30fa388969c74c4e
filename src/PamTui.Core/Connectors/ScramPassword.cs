using System.Text;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors;

/// <summary>A password as SCRAM hashes it.</summary>
public static class ScramPassword
{
    /// <summary>
    /// SASLprep (RFC 4013) leaves ASCII alone and is NFKC for most of the rest. It must come to the same wherever we store or show a password,
    /// the checks' library included: the platform's NFKC, which does nothing where the platform has no tables of characters.
    /// </summary>
    /// <returns>The caller zeroes it.</returns>
    public static byte[] Prepare(Secret password)
    {
        if (Ascii.IsValid(password.Bytes))
        {
            return password.Bytes.ToArray();
        }

        string text = password.RevealText();
        return Encoding.UTF8.GetBytes(text.IsNormalized(NormalizationForm.FormKC) ? text : text.Normalize(NormalizationForm.FormKC));
    }
}

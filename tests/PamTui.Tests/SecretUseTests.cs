using System.Reflection;
using System.Reflection.Emit;
using System.Security.Cryptography;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Sessions;

namespace PamTui.Tests;

/// <summary>What no code of the product may do with a secret, read from the compiled methods: a new one that does it fails here.</summary>
public sealed class SecretUseTests
{
    private static readonly string[] s_assemblies = ["PamTui.Core", "PamTui.Ssh", "PamTui.Gateway", "pamtui"];

    /// <summary>Where bytes or text of a secret come from.</summary>
    private static readonly string[] s_sources = ["Secret.get_Bytes", "Secret.RevealText", "SharedSecret.get_Bytes"];

    /// <summary>Comparisons that end at the first difference.</summary>
    private static readonly string[] s_hasty =
        ["MemoryExtensions.SequenceEqual", "MemoryExtensions.SequenceCompareTo", "MemoryExtensions.StartsWith", "Enumerable.SequenceEqual", "String.op_Equality", "String.op_Inequality", "String.Equals", "String.Compare", "String.CompareOrdinal"];

    [Fact]
    public void B23_No_method_that_sees_a_secret_compares_in_any_but_fixed_time()
    {
        List<string> wrong = [];
        int seeing = 0;
        foreach (MethodBase method in Methods())
        {
            HashSet<string> calls = [.. Calls(method).Select(Name)];
            if (s_sources.Any(calls.Contains))
            {
                seeing++;
                wrong.AddRange(s_hasty.Where(calls.Contains).Select(call => $"{method.DeclaringType}.{method.Name} calls {call}"));
            }
        }

        Assert.Empty(wrong);
        Assert.True(seeing > 10, $"only {seeing} methods see secrets: they are not found any more");
    }

    [Theory]
    [InlineData("PamTui.Core.Access.PasswordHasher")]
    [InlineData("PamTui.Core.Access.SignIns")]
    [InlineData("PamTui.Core.Audit.AuditChain")]
    [InlineData("PamTui.Ssh.Crypto.PacketMac")]
    [InlineData("PamTui.Ssh.Crypto.ChaChaPolyCipher")]
    public void B23_What_proves_something_is_compared_in_fixed_time(string type)
    {
        string fixedTime = nameof(CryptographicOperations) + "." + nameof(CryptographicOperations.FixedTimeEquals);

        Assert.Contains(Methods().Where(method => Outermost(method.DeclaringType!).FullName == type), method => Calls(method).Select(Name).Contains(fixedTime));
    }

    [Fact]
    public void B9_A_session_and_a_credential_are_given_for_a_grant_alone_and_only_the_decision_makes_one()
    {
        Assert.Empty(typeof(AccessGrant).GetConstructors(BindingFlags.Public | BindingFlags.Instance));
        Assert.Equal(
            ["AccessGrant.Decide"],
            Methods().Where(method => Calls(method).Any(call => call.IsConstructor && call.DeclaringType == typeof(AccessGrant))).Select(Name).Distinct());
        foreach (string method in (string[])[nameof(Sessions.OpenCredentialAsync), nameof(Sessions.OpenCredentialToEndAsync), nameof(Sessions.StartAsync)])
        {
            Assert.All(typeof(Sessions).GetMember(method).Cast<MethodInfo>(), each => Assert.Equal(typeof(AccessGrant), each.GetParameters()[0].ParameterType));
        }

        // Nobody else hands out a stored credential.
        Assert.DoesNotContain(
            Assembly.Load("PamTui.Core").GetExportedTypes().Where(type => type != typeof(TargetCredential)).SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)),
            method => method.DeclaringType != typeof(Sessions) && method.ReturnType.ToString().Contains(nameof(TargetCredential), StringComparison.Ordinal));
    }

    private static IEnumerable<MethodBase> Methods()
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        return s_assemblies.SelectMany(name => Assembly.Load(name).GetTypes()).SelectMany(type => type.GetMethods(all).Cast<MethodBase>().Concat(type.GetConstructors(all)));
    }

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    /// <summary>"Type.Method"; an iterator's or a lambda's own class counts as its outer one.</summary>
    private static string Name(MethodBase method) => (method.DeclaringType is { } type ? Outermost(type).Name.Split('`')[0] : "") + "." + method.Name;

    /// <summary>The methods that a method's code calls (ECMA-335, III.1.2 and VI.C).</summary>
    private static IEnumerable<MethodBase> Calls(MethodBase method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        Type[] ofType = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : [];
        Type[] ofMethod = method.IsGenericMethodDefinition ? method.GetGenericArguments() : [];
        for (int at = 0; at < code.Length;)
        {
            OpCode operation = code[at] == 0xFE ? s_long[code[at + 1]] : s_short[code[at]];
            at += operation.Size;
            if (operation.OperandType == OperandType.InlineMethod)
            {
                yield return method.Module.ResolveMethod(BitConverter.ToInt32(code, at), ofType, ofMethod)!;
            }

            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }

    private static readonly Dictionary<byte, OpCode> s_short = Codes(size: 1);
    private static readonly Dictionary<byte, OpCode> s_long = Codes(size: 2);

    private static Dictionary<byte, OpCode> Codes(int size) => typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .Where(code => code.Size == size && code.OpCodeType != OpCodeType.Nternal)
        .ToDictionary(code => (byte)code.Value);
}

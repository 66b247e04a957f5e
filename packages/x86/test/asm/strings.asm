; movs cmps scas lods stos with and without rep/repe/repne, both directions, segment overrides,
; address sizes, wraps at 64 KiB.
%include "lib.inc"

VALUES counts, 0, 1, 2, 5, 16
VALUES dirs, 2, 0x402
VALUES al_vals, 0x03020100, 0x0a090807, 0x5a5a5a5a

set_mem:
        cld
        mov edi, BUF
        xor eax, eax
.more:  mov [edi], al
        add al, 1
        inc edi
        cmp edi, BUF+64
        jb .more
.more2: mov [edi], al           ; the same again with a difference in the middle
        add al, 1
        and al, 63
        inc edi
        cmp edi, BUF+128
        jb .more2
        mov byte [BUF+64+5], 0xee
        mov byte [BUF+64+38], 0xee
        mov dword [i_esi], BUF+32
        mov dword [i_edi], BUF+64+32
        ret

%macro ALL_SIZES 2      ; prefix (or a neutral one), stem
        CASE %1 %{2}b
        CASE %1 %{2}w
        CASE %1 %{2}d
%endmacro

main:
        BEFORE set_mem
        FLAGS_IN dirs
        B_VALUES counts
        A_VALUES al_vals
        SHOW I_EAX|I_ECX|I_FL|S_EAX|S_ECX|S_ESI|S_EDI|S_FL
        SHOW_MEM BUF, 128
        A_VALUES one_zero
        ALL_SIZES rep, movs
        ALL_SIZES a16 rep, movs
        ALL_SIZES a32 rep, movs
        CASE repne movsb
        A_VALUES al_vals
        ALL_SIZES rep, stos
        ALL_SIZES a16 rep, stos
        ALL_SIZES a32 rep, stos
        SHOW_MEM 0, 0
        ALL_SIZES rep, lods
        ALL_SIZES a16 rep, lods
        A_VALUES one_zero
        ALL_SIZES repe, cmps
        ALL_SIZES repne, cmps
        ALL_SIZES a16 repe, cmps
        ALL_SIZES a32 repne, cmps
        A_VALUES al_vals
        ALL_SIZES repe, scas
        ALL_SIZES repne, scas
        ALL_SIZES a16 repne, scas
        ALL_SIZES a32 repe, scas
        B_VALUES one_three
        FLAGS_IN all_dirs
        CASE lodsb
        CASE lodsw
        CASE lodsd
        CASE scasb
        CASE scasw
        CASE scasd
        CASE cmpsb
        CASE cmpsw
        CASE cmpsd
        CASE a16 cmpsb
        CASE a32 cmpsd
        SHOW_MEM BUF, 128
        A_VALUES one_zero
        CASE movsb
        CASE movsw
        CASE movsd
        CASE stosb
        CASE stosw
        CASE stosd
        CASE a16 movsd
        CASE a32 stosw

; overrides: a segment whose base is 16 beyond
%macro OVER 2+
        BEGIN %1
  %if MODE == 16
        mov ax, 1
  %else
        mov ax, SEL_FREE
  %endif
        mov fs, ax
        mov gs, ax
        mov es, ax
        %2
        mov ax, ss
        mov fs, ax
        mov gs, ax
        mov ds, ax
        mov es, ax
        END
%endmacro
%if MODE == 32
        DESCRIPTOR SEL_FREE, 16, 0xfffff, 0x93, 0xc
%endif
        SHOW S_EAX|S_ECX|S_ESI|S_EDI|S_FL
        B_VALUES one_three
        OVER "fs lodsb", fs lodsb
        OVER "gs lodsd", gs lodsd
        OVER "es rep movsb", es rep movsb
        OVER "fs rep movsw", fs rep movsw
        OVER "ss movsd", ss movsd
        OVER "fs repe cmpsb", fs repe cmpsb
        OVER "fs stosb (no override of es:di)", fs stosb
        OVER "fs rep stosd", fs rep stosd
        OVER "fs scasw", fs scasw
        OVER "cs lodsw", {cs lodsw}

; wraps: 16-bit addresses turn over at 64 KiB
        BEFORE set_wrap
        SHOW_MEM 0x1fff8, 16
        SHOW S_EAX|S_ECX|S_ESI|S_EDI|S_FL|S_VEC
        B_VALUES counts
        FLAGS_IN dirs
%macro WRAP 2+
        BEGIN %1
  %if MODE == 16
        mov ax, 0x1000
  %else
        mov ax, SEL_FREE+8
  %endif
        mov es, ax
        mov ds, ax
        %2
        mov ax, ss
        mov ds, ax
        mov es, ax
        END
%endmacro
%if MODE == 32
        DESCRIPTOR SEL_FREE+8, 0x10000, 0xfffff, 0x93, 0xc
%endif
%macro WRAPS 0
        WRAP "a16 rep stosb across 64K", a16 rep stosb
        WRAP "a16 rep movsb across 64K", a16 rep movsb
        WRAP "a16 lodsb across 64K", a16 rep lodsb
        WRAP "a16 repe scasb across 64K", a16 repe scasb
        WRAP "a16 repne cmpsb across 64K", a16 repne cmpsb
        WRAP "a16 rep movsw across 64K", a16 rep movsw
%endmacro
        WRAPS
        SHOW_MEM 0x10000, 8
        WRAPS
        SHOW_MEM 0x1fff8, 16
%if MODE == 32
        WRAP "a32 rep stosb across 64K", rep stosb
        WRAP "a32 rep movsb across 64K", rep movsb
%endif
        ; a big one
        BEFORE set_mem
        SHOW_MEM 0, 0
        B_VALUES big
        FLAGS_IN one_flags
        SHOW S_ECX|S_ESI|S_EDI|S_X0
        BEGIN "rep stosd, then sum"
        mov edi, 0xb000
        push ecx
        rep stosd
        pop ecx
        mov esi, 0xb000
        mov ebx, 0
.sum:   add ebx, [esi]
        rol ebx, 1
        add esi, 4
        dec ecx
        jnz .sum
        mov [s_x0], ebx
        END
        FINISH

set_wrap:
%if MODE == 16
        push ds
        mov ax, 0x1000
        mov ds, ax
%define at(x) x
%else
%define at(x) x+0x10000
%endif
        mov dword [at(0xfff8)], 0x03020100
        mov dword [at(0xfffc)], 0x07060504
        mov dword [at(0)], 0x0b0a0908
        mov dword [at(4)], 0x0f0e0d0c
%if MODE == 16
        pop ds
%else
        mov dword [at(0x10000)], 0x1b1a1918
        mov dword [at(0x10004)], 0x1f1e1d1c
%endif
        mov dword [i_esi], 0xabcdfffe
        mov dword [i_edi], 0x1234fffc
%if MODE == 32
        mov dword [i_esi], 0x0000fffe
        mov dword [i_edi], 0x0000fffc
%endif
        ret

VALUES one_three, 3
VALUES big, 3000
VALUES all_dirs, 2, 0x402, 0x8d7

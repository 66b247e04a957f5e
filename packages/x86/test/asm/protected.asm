; Protected mode: descriptor loads and their checks, LAR LSL VERR VERW ARPL, LDT, accessed bits, code segment
; kinds, far transfers between code segments, error codes.
%include "lib.inc"

; one descriptor of every type, at ring 0 and ring 3, present or not
%macro KINDS 1                  ; %1 = macro called with (selector, text)
        %1 0x000, "null"
        %1 0x003, "null rpl 3"
        %1 SEL_CODE, "code"
        %1 SEL_DATA, "data"
        %1 SEL_DATA+3, "data, rpl 3"
        %1 SEL_CODE+3, "code, rpl 3"
        %1 SEL_UCODE, "ring 3 code"
        %1 SEL_UDATA, "ring 3 data"
        %1 SEL_UDATA & ~3, "ring 3 data, rpl 0"
        %1 SEL_TSS, "busy tss"
        %1 SEL_LDT, "ldt"
        %1 0x80, "data not present"
        %1 0x88, "code not present"
        %1 0x90, "execute-only code"
        %1 0x98, "conforming code, dpl 0"
        %1 0xa0, "conforming code, dpl 3"
        %1 0xa8, "read-only data"
        %1 0xb0, "read-only data dpl 3"
        %1 0xb8, "expand-down data"
        %1 0xc0, "call gate 32"
        %1 0xc8, "interrupt gate"
        %1 0xd0, "trap gate"
        %1 0xd8, "task gate"
        %1 0xe0, "available 32-bit tss"
        %1 0xe8, "available 16-bit tss"
        %1 0xf0, "call gate 16"
        %1 0xf8, "type 0"
        %1 0x100, "type 8"
        %1 0x108, "type 10"
        %1 0x110, "type 13"
        %1 0x118, "page granular data"
        %1 0x120, "ring 1 data"
        %1 0x123, "ring 1 data, rpl 3"
        %1 0x128, "tss not present"
        %1 0x130, "ldt not present"
        %1 0x7f8, "last of the table"
        %1 0x800, "beyond the table"
        %1 0xfff8, "far beyond"
        %1 0x04, "ldt 0"
        %1 0x0c, "ldt 1"
        %1 0x0f, "ldt 1, rpl 3"
        %1 0x104, "beyond the ldt"
%endmacro

%macro MAKE 5                   ; selector, base, limit, access, flags
        DESCRIPTOR %1, %2, %3, %4, %5
%endmacro

make_descriptors:
        MAKE 0x80, 0, 0xfffff, 0x13, 0xc
        MAKE 0x88, 0, 0xfffff, 0x1b, 0xc
        MAKE 0x90, 0xf0000, 0xffff, 0x98, 0x4
        MAKE 0x98, 0xf0000, 0xffff, 0x9e, 0x4
        MAKE 0xa0, 0xf0000, 0xffff, 0xfe, 0x4
        MAKE 0xa8, 0, 0xfffff, 0x90, 0xc
        MAKE 0xb0, 0, 0xfffff, 0xf0, 0xc
        MAKE 0xb8, 0, 0x0ffff, 0x96, 0x4
        MAKE 0xc0, 0x081234, 0x5678, 0x8c, 0
        MAKE 0xc8, 0, 0x5678, 0x8e, 0
        MAKE 0xd0, 0, 0x5678, 0x8f, 0
        MAKE 0xd8, 0, 0x5678, 0x85, 0
        MAKE 0xe0, TSS2, 0x67, 0x89, 0
        MAKE 0xe8, TSS2, 0x2b, 0x81, 0
        MAKE 0xf0, 0, 0x5678, 0x84, 0
        MAKE 0xf8, 0, 0x1234, 0x80, 0
        MAKE 0x100, 0, 0x1234, 0x88, 0
        MAKE 0x108, 0, 0x1234, 0x8a, 0
        MAKE 0x110, 0, 0x1234, 0x8d, 0
        MAKE 0x118, 0x12345678, 0x54321, 0x92, 0x9
        MAKE 0x120, 0, 0xfffff, 0xb2, 0xc
        MAKE 0x128, TSS2, 0x67, 0x09, 0
        MAKE 0x130, LDT, 0xff, 0x02, 0
        MAKE 0x7f8, 0, 0xfffff, 0x92, 0xc
        LDT_DESCRIPTOR 0, 0, 0xffff, 0x92, 0x4
        LDT_DESCRIPTOR 8, 0x8000, 0xffff, 0xf2, 0x4
        ret

%macro INSPECT 2
        BEGIN {"lar lsl verr verw ", %2}
        mov ecx, %1
        mov eax, 0x5a5a5a5a
        mov edx, 0x5a5a5a5a
        mov dword [s_x0], 0
        lar eax, ecx
        setz [s_x0]
        lsl edx, ecx
        setz [s_x0+1]
        verr cx
        setz [s_x0+2]
        verw cx
        setz [s_x0+3]
        mov [s_x1], eax
        mov [s_x2], edx
        lar ax, cx
        lsl dx, cx
        END
%endmacro
%macro INSPECT3 2
        BEGIN {"ring 3: lar lsl verr verw ", %2}
        mov ecx, %1
        mov eax, 0x5a5a5a5a
        mov edx, 0x5a5a5a5a
        mov dword [s_x0], 0
        lar eax, ecx
        setz [s_x0]
        lsl edx, ecx
        setz [s_x0+1]
        verr cx
        setz [s_x0+2]
        verw cx
        setz [s_x0+3]
        mov [s_x1], eax
        mov [s_x2], edx
        END
%endmacro
%macro LOAD_DS 2
        BEGIN {"mov ds, mov ss, push: ", %2}
        mov ecx, %1
        mov ds, cx
        mov eax, ds
        mov edx, SEL_DATA
        mov ds, dx
        END
%endmacro
%macro LOAD_SS 2
        BEGIN {"mov ss, ", %2}
        mov ecx, %1
        mov eax, esp
        mov edx, ss
        mov ss, cx
        mov ss, dx
        mov esp, eax
        END
%endmacro
%macro LOAD_DS3 2
        BEGIN {"ring 3: mov es, ", %2}
        mov ecx, %1
        mov es, cx
        mov eax, es
        END
%endmacro
%macro LOAD_SS3 2
        BEGIN {"ring 3: mov ss, ", %2}
        mov ecx, %1
        mov edx, ss
        mov ss, cx
        mov ss, dx
        END
%endmacro
%macro JMP_FAR 2
        BEGIN {"jmp far, ", %2}
        mov eax, cs
        jmp %1:%%there
%%there:
        mov ecx, cs
  %if in_ring_0
        jmp SEL_CODE:%%home
%%home:
  %endif
        END
%endmacro
%macro CALL_FAR 2
        BEGIN {"call far, ", %2}
        call %1:%%there
        jmp %%end
%%there:
        mov ecx, cs
        mov edx, esp
        retf
%%end:
        END
%endmacro
; task gates and available TSSs are left to tasks.asm
%macro CODE_KINDS 1
        %1 0x000, "null"
        %1 0x003, "null rpl 3"
        %1 SEL_CODE, "code"
        %1 SEL_CODE+3, "code, rpl 3"
        %1 SEL_DATA, "data"
        %1 SEL_UCODE, "ring 3 code"
        %1 SEL_UCODE & ~3, "ring 3 code, rpl 0"
        %1 SEL_TSS, "busy tss"
        %1 SEL_LDT, "ldt"
        %1 0x80, "data not present"
        %1 0x88, "code not present"
        %1 0x90, "execute-only code"
        %1 0x98, "conforming code, dpl 0"
        %1 0x9b, "conforming code, dpl 0, rpl 3"
        %1 0xa0, "conforming code, dpl 3"
        %1 0xa3, "conforming code, dpl 3, rpl 3"
        %1 0xc8, "interrupt gate"
        %1 0xd0, "trap gate"
        %1 0xf8, "type 0"
        %1 0x100, "type 8"
        %1 0x108, "type 10"
        %1 0x110, "type 13"
        %1 0x800, "beyond the table"
        %1 0x04, "ldt data"
        %1 0x104, "beyond the ldt"
%endmacro

VALUES sels_a, 0x10, 0x13, 0x28, 0x2b, 0, 0xabcd0001
VALUES sels_c, 0, 1, 2, 3, 0x123457

main:
        call make_descriptors
        mov ax, SEL_LDT
        lldt ax
        BEFORE make_descriptors
        SHOW S_EAX|S_EDX|S_FL|S_X0|S_X1|S_X2|S_VEC|S_ERR
        KINDS INSPECT
        RING 3
        KINDS INSPECT3
        RING 0
        SHOW S_EAX|S_ECX|S_VEC|S_ERR|S_EIP|S_CS
        KINDS LOAD_DS
        KINDS LOAD_SS
        RING 3
        SHOW S_EAX|S_ECX|S_VEC|S_ERR|S_EIP|S_CS|S_SS|S_ES
        KINDS LOAD_DS3
        KINDS LOAD_SS3
        RING 0
        SHOW S_EAX|S_ECX|S_EDX|S_VEC|S_ERR|S_EIP|S_CS
%define in_ring_0 1
        CODE_KINDS JMP_FAR
        CODE_KINDS CALL_FAR
        RING 3
%define in_ring_0 0
        CODE_KINDS JMP_FAR
        CODE_KINDS CALL_FAR
        RING 0

        A_VALUES sels_a
        B_VALUES sels_c
        SHOW I_EAX|I_ECX|S_EAX|S_FL
        CASE arpl ax, cx
        BEGIN "arpl m, r"
        mov [BUF], ax
        arpl [BUF], cx
        mov ax, [BUF]
        END
        A_VALUES one_zero
        B_VALUES one_zero

; the accessed bit is set by a load, and only by a successful one
        SHOW S_X0|S_X1|S_VEC|S_ERR
%macro ACCESSED 3
        BEGIN %1
        mov eax, %2
        %3
        mov eax, [GDT + ((%2) & ~7) + 4]
        mov [s_x0], eax
        mov ax, SEL_DATA
        mov ds, ax
        mov es, ax
        mov fs, ax
        mov gs, ax
        END
%endmacro
        ACCESSED "accessed bit: mov fs", 0x7f8, {mov fs, ax}
        ACCESSED "accessed bit: lgs", 0x118, {mov gs, ax}
        ACCESSED "accessed bit: expand down", 0xb8, {mov es, ax}
        ACCESSED "accessed bit: lar leaves it", 0x7f8, {lar ecx, eax}
        ACCESSED "accessed bit: verr leaves it", 0x7f8, {verr ax}

; lds and friends with bad selectors change nothing
        SHOW S_EAX|S_EBX|S_ECX|S_VEC|S_ERR|S_EIP|S_DS|S_ES|S_FS|S_GS
%macro LOADPTR 2
        BEGIN %1
        mov ecx, 0x1111
        mov ebx, 0x1111
        mov dword [BUF], 0x12345678
        mov word [BUF+4], %2
        mov dword [BUF+8], 0x00105678
        lgs ecx, [BUF]
        mov eax, gs
        les ebx, [BUF]
        lfs bx, [BUF+8]
        END
%endmacro
        LOADPTR "lgs data", SEL_DATA
        LOADPTR "lgs null", 0
        LOADPTR "lgs not present", 0x80
        LOADPTR "lgs tss", SEL_TSS
        LOADPTR "lgs beyond", 0x900

; a data segment with a base; expand-down and byte-granular ones within their limits
        SHOW S_EAX|S_ECX|S_EDX|S_VEC|S_ERR
        BEGIN "segment bases"
        DESCRIPTOR 0x200, BUF, 0xfff, 0x93, 0x4
        mov ax, 0x200
        mov fs, ax
        mov dword [fs:4], 0x12345678
        mov eax, [BUF+4]
        mov dword [BUF+0xffc], 0x87654321
        mov ecx, [fs:0xffc]
        DESCRIPTOR 0x200, BUF2, 0xfff, 0x93, 0x4
        mov dword [BUF2+4], 0x5a5a5a5a
        mov edx, [fs:4]                 ; the old base until it is loaded again
        mov bx, 0x200
        mov fs, bx
        mov edx, [fs:4]
        END
        BEGIN "a base that makes addresses wrap at 4 GiB"
        DESCRIPTOR 0x200, 0xffff8000, 0xfffff, 0x93, 0xc
        mov dword [BUF], 0x600dbeef
        mov ax, 0x200
        mov fs, ax
        mov eax, [fs:BUF+0x8000]
        mov ebx, BUF
        mov ecx, [fs:ebx+0x8000]
        END

; ldt, tr, gdtr: instructions and their checks
        SHOW S_EAX|S_ECX|S_VEC|S_ERR|S_EIP
%macro SYSSEL 2
        BEGIN {"lldt ", %2}
        mov ecx, %1
        lldt cx
        sldt eax
        mov cx, SEL_LDT
        lldt cx
        END
%endmacro
        SYSSEL SEL_LDT, "ldt"
        SYSSEL 0, "null"
        SYSSEL 3, "null with rpl"
        SYSSEL SEL_DATA, "data"
        SYSSEL 0x130, "not present"
        SYSSEL SEL_TSS, "tss"
        SYSSEL 0x0c, "from the ldt"
        SYSSEL 0x900, "beyond"
%macro TSSSEL 2
        BEGIN {"ltr ", %2}
        mov ecx, %1
        ltr cx
        str eax
        mov ecx, [GDT+(%1 & ~7)+4]
        DESCRIPTOR SEL_TSS, TSS, 0x67, 0x89, 0
        mov bx, SEL_TSS
        ltr bx
        END
%endmacro
        TSSSEL 0xe0, "available 32-bit"
        TSSSEL 0xe8, "available 16-bit"
        TSSSEL SEL_TSS, "busy"
        TSSSEL 0x128, "not present"
        TSSSEL SEL_DATA, "data"
        TSSSEL 0x0c, "from the ldt"
        TSSSEL 0x900, "beyond"
        BEGIN "sldt str to registers and memory"
        mov dword [BUF], -1
        mov dword [BUF+4], -1
        sldt [BUF]
        str [BUF+4]
        mov eax, -1
        sldt ax
        mov ecx, -1
        str ecx
        END
        SHOW_MEM BUF, 16
        BEGIN "sgdt sidt lgdt lidt smsw"
        mov dword [BUF], -1
        mov dword [BUF+4], -1
        mov dword [BUF+8], -1
        mov dword [BUF+12], -1
        sgdt [BUF]
        sidt [BUF+8]
        lgdt [BUF]
        lidt [BUF+8]
        smsw ax
        and eax, 15
        END
        BEGIN "sgdt with 16-bit operands"
        mov dword [BUF], -1
        mov dword [BUF+4], -1
        mov dword [BUF+8], -1
        mov dword [BUF+12], -1
        o16 sgdt [BUF]
        END
        SHOW_MEM 0, 0

; 16-bit code and stack segments
        SHOW S_EAX|S_ECX|S_EDX|S_X0|S_VEC|S_ERR|S_EIP
        BEGIN "16-bit code segment"
        mov [s_x0], esp
        jmp SEL_CODE16:.a
        bits 16
.a:     mov ax, 0x1234
        mov ecx, 0x12345678
        push ax
        push ecx
        mov edx, esp
        sub [s_x0], edx
        pop ecx
        pop ax
        mov bx, BUF
        mov dword [bx], 0x4711
        mov edx, [a32 ebx]
        call .f
        jmp SEL_CODE:dword .b
.f:     ret
        bits 32
.b:
        END
        BEGIN "ud2 in a 16-bit code segment"
        jmp SEL_CODE16:.a
        bits 16
.a:     nop
        ud2
        bits 32
        END

; far returns
%macro RETF_TO 2
        BEGIN {"retf to ", %2}
        push dword %1
        push dword %%there
        retf
%%there:
        mov ecx, cs
        jmp SEL_CODE:%%end
%%end:
        END
        BEGIN {"iret to ", %2}
        pushfd
        push dword %1
        push dword %%there2
        iretd
%%there2:
        mov ecx, cs
        jmp SEL_CODE:%%end2
%%end2:
        END
%endmacro
        RETF_TO SEL_CODE, "code"
        RETF_TO 0, "null"
        RETF_TO SEL_DATA, "data"
        RETF_TO 0x88, "not present"
        RETF_TO 0x98, "conforming"
        RETF_TO 0xa0, "conforming dpl 3"
        RETF_TO 0x90, "execute only"
        RETF_TO SEL_UCODE & ~3, "ring 3 code with rpl 0"
        RETF_TO 0x800, "beyond"
        RETF_TO SEL_TSS, "tss"
        FINISH

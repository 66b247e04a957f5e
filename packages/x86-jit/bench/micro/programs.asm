; The micro programs, one an image: a firmware of 64 KiB that any PC runs, in flat protected mode (BITS=32)
; or in long mode (BITS=64). It runs the program of that number twice, and between sends S to port E9h;
; then the four bytes of a checksum, and writes 10h to port F4h.
;
; -D: BITS, PROGRAM (a number), ROUNDS.

BUFFER  equ 0x40000         ; 64 KiB of numbers, and as many behind them to write to
OTHER   equ 0x50000
STACK   equ 0x2f000
CODE    equ 0x20000
TABLES  equ 0x10000

%if BITS == 64
%define A rax
%define B rbx
%define C rcx
%define D rdx
%define S rsi
%define T rdi
%define P rbp
%define SP_ rsp
%define CELL qword
%define WIDTH 8
%define LODSW_ lodsq
%define MOVSW_ movsq
%define STOSW_ stosq
%define HANDLE dq
%else
%define A eax
%define B ebx
%define C ecx
%define D edx
%define S esi
%define T edi
%define P ebp
%define SP_ esp
%define CELL dword
%define WIDTH 4
%define LODSW_ lodsd
%define MOVSW_ movsd
%define STOSW_ stosd
%define HANDLE dd
%endif

        org CODE
bits 16
start:
        cli
        xor ax, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7000
        push cs
        pop ds
        ; The code goes to memory.
        mov ax, CODE >> 4
        mov es, ax
        xor si, si
        xor di, di
        mov cx, 0x2000
        cld
        rep movsw
        jmp (CODE >> 4):(copied - CODE)
copied: push cs
        pop ds
        o32 lgdt [gdt_pointer - CODE]
        mov eax, cr0
        and eax, 0x9fffffff
        or al, 1
        mov cr0, eax
        jmp dword 0x08:flat
bits 32
flat:   mov eax, 0x10
        mov ds, eax
        mov es, eax
        mov ss, eax
        mov fs, eax
        mov gs, eax
        mov esp, STACK
%if BITS == 64
        ; 1 GiB as it is, in pages of 2 MiB.
        mov edi, TABLES
        mov ecx, 0x1000
        xor eax, eax
        rep stosd
        mov dword [TABLES], TABLES + 0x1003
        mov dword [TABLES + 0x1000], TABLES + 0x2003
        mov edi, TABLES + 0x2000
        mov eax, 0x83
.page:  mov [edi], eax
        add edi, 8
        add eax, 0x200000
        cmp edi, TABLES + 0x3000
        jne .page
        mov eax, cr4
        or eax, 0x620
        mov cr4, eax
        mov eax, TABLES
        mov cr3, eax
        mov ecx, 0xc0000080
        rdmsr
        or ah, 1
        wrmsr
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        jmp 0x18:wide
bits 64
wide:
%endif
        call fill
        call program
        call fill
        mov al, 'S'
        out 0xe9, al
        call program
        mov ecx, 4
.send:  out 0xe9, al
        shr eax, 8
        dec ecx
        jnz .send
        mov al, 0x10
        out 0xf4, al
        hlt

; Numbers without a pattern.
fill:   mov T, BUFFER
        mov eax, 12345
.next:  imul eax, eax, 1103515245
        add eax, 12345
        mov [T], eax
        add T, 4
        cmp T, OTHER
        jne .next
        xor eax, eax
        mov C, 0x4000
        rep stosd
        ret

program:
        mov P, ROUNDS
        mov eax, 0x1234567
        mov ebx, 0x89abcdef
        mov ecx, 0x3579bdf1
        mov edx, 0x2468ace0
        mov S, BUFFER
        mov T, OTHER

%if PROGRAM == 1            ; alu
.l:     add A, B
        xor D, A
        lea S, [S + D*2 + 5]
        sub B, S
        rol A, 3
        and D, 0x7fffffff
        or D, 1
        dec P
        jnz .l
        xor eax, edx
%elif PROGRAM == 2          ; flags
.l:     add A, 0x12345
        adc D, 7
        cmp A, D
        jb .a
        inc B
.a:     sub D, A
        sbb S, 3
        test S, 4
        jz .b
        neg T
.b:     cmp T, 5
        setg bl
        dec P
        jnz .l
        add eax, ebx
        xor eax, esi
%elif PROGRAM == 3          ; imul
.l:     imul A, B
        imul D, A, 12345
        add B, D
        imul C, [S], 77
        xor A, C
        or B, 1
        dec P
        jnz .l
%elif PROGRAM == 4          ; muldiv
.l:     mul B
        xor A, D
        mov D, 0x123
        or B, 0x10000
        div B
        add A, D
        xor B, A
        or B, 0x10001
        dec P
        jnz .l
        add eax, ebx
%elif PROGRAM == 5          ; shifts
.l:     mov C, P
        shl A, cl
        shr B, 3
        sar D, cl
        add A, P
        shl B, 5
        xor B, A
        sar A, 1
        add D, B
        shr D, 1
        dec P
        jnz .l
        xor eax, edx
%elif PROGRAM == 6          ; rotates
.l:     mov C, P
        rol A, cl
        ror B, 7
        rcl D, 1
        rcr S, 1
        add A, B
        rol bx, 3
        xor D, S
        ror dl, cl
        dec P
        jnz .l
        xor eax, edx
        add eax, esi
%elif PROGRAM == 7          ; shld
.l:     mov C, P
        shld A, B, 5
        shrd B, D, cl
        add D, A
        shld D, A, cl
        xor A, P
        dec P
        jnz .l
        xor eax, edx
%elif PROGRAM == 8          ; bits
.l:     mov C, P
        and C, 31
        bt A, C
        adc D, 0
        bts B, C
        btr B, 7
        btc A, C
        bsf S, A
        bsr T, B
        add D, S
        add A, T
        add A, P
        or A, 0x40
        dec P
        jnz .l
        xor eax, edx
%elif PROGRAM == 9          ; cmov
.l:     cmp A, B
        cmovb D, A
        setnz cl
        movzx C, cl
        add A, 0x765431
        cmovs S, B
        test D, 8
        cmovz B, A
        lea B, [B + C + 3]
        add D, S
        dec P
        jnz .l
        xor eax, edx
%elif PROGRAM == 10         ; loadstore
.l:     mov C, 0x1000
.i:     mov A, [S + C*WIDTH - WIDTH]
        add A, C
        mov [T + C*WIDTH - WIDTH], A
        add D, A
        xor [T + C*WIDTH - WIDTH], D
        dec C
        jnz .i
        dec P
        jnz .l
        mov eax, edx
%elif PROGRAM == 11         ; bytes
.l:     mov C, 0x2000
        mov S, BUFFER
        mov T, OTHER
.i:     mov al, [S]
        add al, 3
        xor ah, al
        cmp al, 'z'
        jbe .k
        sub al, 0x20
.k:     mov [T], al
        add dl, al
        adc dh, ah
        inc S
        inc T
        dec C
        jnz .i
        dec P
        jnz .l
        mov eax, edx
%elif PROGRAM == 12         ; words
.l:     mov C, 0x1000
.i:     mov ax, [S + C*2 - 2]
        add bx, ax
        rol bx, 3
        imul dx, bx
        inc dx
        mov [T + C*2 - 2], dx
        movzx eax, dx
        add dx, ax
        dec C
        jnz .i
        dec P
        jnz .l
        mov eax, edx
%elif PROGRAM == 13         ; unaligned
.l:     mov C, 0x0fff
.i:     mov A, [S + C*8 + 3]
        add D, A
        mov [T + C*8 + 5], D
        xor D, [T + C*8 + 2]
        dec C
        jnz .i
        dec P
        jnz .l
        mov eax, edx
%elif PROGRAM == 14         ; stack
.l:     push A
        push B
        push 0x77
        pop D
        add A, D
        pop S
        xor S, A
        pop B
        add B, S
        push B
        xor [SP_], A
        pop A
        dec P
        jnz .l
%elif PROGRAM == 15         ; calls
.l:     call .one
        call .two
        dec P
        jnz .l
        jmp .end
.one:   add A, 3
        call .three
        ret
.two:   xor A, P
        ret
.three: lea A, [A + A*2]
        ret
.end:
%elif PROGRAM == 16         ; indirect
.l:     mov B, P
        and B, 7
        mov C, [.table + B*WIDTH]
        jmp C
.back:  dec P
        jnz .l
        jmp .end
.c0:    add A, 1
        jmp .back
.c1:    xor A, P
        jmp .back
.c2:    rol A, 1
        jmp .back
.c3:    sub A, 77
        jmp .back
.c4:    not A
        jmp .back
.c5:    add A, A
        jmp .back
.c6:    neg A
        jmp .back
.c7:    call [.calls + WIDTH]
        jmp .back
.f0:    inc A
        ret
.f1:    add A, P
        ret
align 8
.table: HANDLE .c0, .c1, .c2, .c3, .c4, .c5, .c6, .c7
.calls: HANDLE .f0, .f1
.end:
%elif PROGRAM == 17         ; recursion
.l:     mov A, 14
        call .fib
        add D, A
        dec P
        jnz .l
        mov eax, edx
        jmp .end
.fib:   cmp A, 2
        jb .least
        push A
        dec A
        call .fib
        pop B
        push A
        lea A, [B - 2]
        call .fib
        pop B
        add A, B
.least: ret
.end:
%elif PROGRAM == 18         ; movs
.l:     mov S, BUFFER
        mov T, OTHER
        mov C, 0x8000 / WIDTH
        rep MOVSW_
        mov S, BUFFER + 1
        mov T, OTHER + 0x8003
        mov C, 0x1fff
        rep movsb
        mov S, OTHER
        mov C, 40
.i:     MOVSW_
        dec C
        jnz .i
        add A, [OTHER + 0x8100]
        rol A, 1
        mov [BUFFER + 0x100], A
        dec P
        jnz .l
%elif PROGRAM == 19         ; stos, scas
.l:     mov T, OTHER
        mov C, 0x4000 / WIDTH
        mov eax, 0x1010101
        rep STOSW_
        mov byte [OTHER + 0x345], 7
        mov T, OTHER
        mov C, 0x4000
        mov al, 7
        repne scasb
        add D, T
        mov T, OTHER
        mov C, 0x800
        mov al, 1
        repe scasb
        add D, C
        dec P
        jnz .l
        mov eax, edx
%elif PROGRAM == 20         ; lods, cmps
.l:     mov S, BUFFER
        mov C, 0x800
.i:     LODSW_
        add D, A
        dec C
        jnz .i
        mov S, BUFFER
        mov T, BUFFER
        mov C, 0x400
        repe cmpsb
        add D, S
        dec P
        jnz .l
        mov eax, edx
%elif PROGRAM == 21         ; sieve
.l:     mov T, OTHER
        mov C, 0x2000
        xor eax, eax
.clear: mov [T], eax
        add T, 4
        dec C
        jnz .clear
        mov S, 2
        xor edx, edx
.next:  cmp byte [S + OTHER], 0
        jne .no
        inc D
        mov T, S
        imul T, T
        cmp T, 0x8000
        jae .no
.mark:  mov byte [T + OTHER], 1
        add T, S
        cmp T, 0x8000
        jb .mark
.no:    inc S
        cmp S, 0x8000
        jb .next
        dec P
        jnz .l
        mov eax, edx
%elif PROGRAM == 22         ; crc
        mov T, OTHER
        xor ebx, ebx
.t:     mov eax, ebx
        mov ecx, 8
.u:     shr eax, 1
        jnc .v
        xor eax, 0xedb88320
.v:     dec ecx
        jnz .u
        mov [T + B*4], eax
        inc ebx
        cmp ebx, 256
        jb .t
        mov eax, -1
.l:     mov S, BUFFER
        mov ecx, 0x4000
.i:     movzx edx, byte [S]
        xor dl, al
        shr eax, 8
        xor eax, [T + D*4]
        inc S
        dec ecx
        jnz .i
        dec P
        jnz .l
%elif PROGRAM == 23         ; sort
.l:     mov S, BUFFER
        mov T, OTHER
        mov ecx, 200
        rep movsd
        mov edx, 199
.pass:  mov S, OTHER
        mov ecx, edx
.i:     mov eax, [S]
        mov ebx, [S + 4]
        cmp eax, ebx
        jbe .k
        mov [S], ebx
        mov [S + 4], eax
.k:     add S, 4
        dec ecx
        jnz .i
        dec edx
        jnz .pass
        dec P
        jnz .l
        mov eax, [OTHER + 400]
%elif PROGRAM == 24         ; exchange
.l:     xchg A, B
        xadd [T], A
        bswap A
        lock add [T + 8], B
        mov C, [T + 8]
        xchg [T + 16], C
        lock cmpxchg [T + 24], D
        adc D, 1
        xadd D, B
        dec P
        jnz .l
        xor eax, edx
        xor eax, ebx
%elif PROGRAM == 25         ; bcd
.l:     add al, 0x17
        daa
        aam
        aad
        sub al, 5
        das
        aaa
        aas
        add ah, al
        dec P
        jnz .l
        and eax, 0xffff
%elif PROGRAM == 26         ; pusha
.l:     pusha
        add eax, [esp + 8]
        add [esp + 28], eax
        popa
        pushf
        pop ebx
        and ebx, 0x8d5
        add eax, ebx
        add eax, ebp
        dec P
        jnz .l
%elif PROGRAM == 27         ; segments
.l:     mov eax, [fs:esi]
        add eax, ebx
        mov [gs:edi], eax
        mov cx, ds
        mov es, ecx
        push fs
        pop fs
        add ebx, [es:edi]
        lea esi, [esi + 4]
        and esi, BUFFER | 0xfff
        dec P
        jnz .l
        mov eax, ebx
%elif PROGRAM == 28         ; enter
        mov edx, ebp
.l:     call .f
        dec edx
        jnz .l
        jmp .end
.f:     enter 16, 0
        mov [ebp - 4], eax
        add eax, [ebp - 4]
        xor eax, edx
        mov [ebp - 8], eax
        leave
        ret
.end:
%elif PROGRAM == 29         ; loop, xlat
.l:     mov ecx, 50
        mov ebx, BUFFER
.i:     xlatb
        add edx, eax
        jecxz .k
        loop .i
.k:     xor al, dl
        dec P
        jnz .l
        mov eax, edx
%elif PROGRAM == 30         ; collatz
.l:     mov eax, ebp
        and eax, 0xffff
        inc eax
.i:     inc edx
        test al, 1
        jz .even
        lea eax, [eax + eax*2 + 1]
        jmp .i
.even:  shr eax, 1
        cmp eax, 1
        ja .i
        dec P
        jnz .l
        mov eax, edx
%elif PROGRAM == 31         ; matrix
.l:     xor ecx, ecx
.row:   xor ebx, ebx
.col:   xor eax, eax
        xor esi, esi
.dot:   mov edx, ecx
        shl edx, 4
        add edx, esi
        mov edi, [BUFFER + edx*4]
        mov edx, esi
        shl edx, 4
        add edx, ebx
        imul edi, [BUFFER + edx*4]
        add eax, edi
        inc esi
        cmp esi, 16
        jb .dot
        mov edx, ecx
        shl edx, 4
        add edx, ebx
        mov [OTHER + edx*4], eax
        inc ebx
        cmp ebx, 16
        jb .col
        inc ecx
        cmp ecx, 16
        jb .row
        dec P
        jnz .l
        xor eax, [OTHER + 404]
%else
%error "there is no such program"
%endif
        ret

align 8
gdt:    dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00af9a000000ffff
gdt_pointer:
        dw 31
        dd gdt

        times 0xfff0-($-$$) db 0x90
bits 16
        jmp 0xf000:0
        times 0x10000-($-$$) db 0
